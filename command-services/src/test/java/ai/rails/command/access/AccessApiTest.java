package ai.rails.command.access;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.command.http.Office;
import ai.rails.platform.http.Role;

import static ai.rails.command.http.Office.expect;
import static org.assertj.core.api.Assertions.assertThat;

/// Who is given evidence is in the ledger before he gets it.
@Tag("slow")
class AccessApiTest {
  private static final String EXPORT =
      """
      {"principal": "alice", "workspace": "w1", "route": "GET /v1/evidence/runs/{run}",
       "resource": "r1", "scope": "RUN", "treeSize": 24}\
      """;
  private static final String READING =
      """
      {"principal": "alice", "workspace": "w1",
       "route": "GET /v1/ledgers/{ws}/entries/{position}/proof", "resource": "w1/7"}\
      """;

  private static final String READING_OF =
      """
      {"principal": "dora", "workspace": "_tenant",
       "route": "GET /v1/ledgers/{ws}/entries", "resource": "%s"}\
      """;

  @TempDir private static Path data;
  private static Office office;

  @BeforeAll
  static void open() throws Exception {
    office = new Office(data).furnished("t1");
  }

  @AfterAll
  static void close() {
    office.close();
  }

  @Test
  void sameAccessInAMinuteIsOneEvent() throws Exception {
    long before = office.events("t1", "EVIDENCE_READ");
    expect(200, note("t1", "svc-projection", Role.SERVICE, EXPORT));
    expect(200, note("t1", "svc-projection", Role.SERVICE, EXPORT));
    expect(200, note("t1", "svc-projection", Role.SERVICE, READING));

    assertThat(office.events("t1", "EVIDENCE_EXPORTED")).isEqualTo(1);
    assertThat(office.events("t1", "EVIDENCE_READ")).isEqualTo(before + 1);
  }

  @Test
  void nobodyElseSaysWhoReads() throws Exception {
    long before = office.events("t1", "EVIDENCE_EXPORTED");

    expect(403, note("t1", "svc-other", Role.SERVICE, EXPORT));
    expect(403, note("t1", "svc-projection", Role.ADMIN, EXPORT));
    expect(
        404, office.post("t2", "svc-projection", "/v1/tenants/t1/accesses", EXPORT, Role.SERVICE));

    assertThat(office.events("t1", "EVIDENCE_EXPORTED")).isEqualTo(before);
  }

  @Test
  void whatIsNoAccessIsRefused() throws Exception {
    expect(422, note("t1", "svc-projection", Role.SERVICE, EXPORT.replace("24", "0")));
    expect(422, note("t1", "svc-projection", Role.SERVICE, READING.replace("GET /v1", "a secret")));
  }

  @Test
  void theTenantsOwnLogIsReadAndNotedLikeAnyOther() throws Exception {
    long before = office.events("t1", "EVIDENCE_READ");
    for (String resource : List.of("_tenant", "_tenant/7")) {
      expect(200, note("t1", "svc-projection", Role.SERVICE, READING_OF.formatted(resource)));
    }
    expect(422, note("t1", "svc-projection", Role.SERVICE, READING_OF.formatted("_other")));

    assertThat(office.events("t1", "EVIDENCE_READ")).isEqualTo(before + 2);
  }

  private static HttpResponse<String> note(String tenant, String subject, Role role, String body)
      throws Exception {
    return office.post(tenant, subject, "/v1/tenants/%s/accesses".formatted(tenant), body, role);
  }
}
