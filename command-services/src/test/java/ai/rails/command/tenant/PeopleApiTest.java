package ai.rails.command.tenant;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.command.http.Office;
import ai.rails.domain.tenant.PersonEvent.IdentityLinked;
import ai.rails.domain.tenant.PersonEvent.RolesProposalDecisioned;
import ai.rails.domain.tenant.PersonEvent.RolesProposed;
import ai.rails.domain.tenant.PersonEvent.RolesSet;
import ai.rails.domain.tenant.TenantEvent.TenantKeyDestroyed;
import ai.rails.domain.tenant.TenantEvent.TenantOffboarded;
import ai.rails.platform.http.Role;
import ai.rails.platform.http.Unavailable;
import ai.rails.schema.Recorded;

import static ai.rails.command.http.Office.expect;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Tag("slow")
class PeopleApiTest {
  private static final String ROLES =
      "SELECT string_agg(role, ' ' ORDER BY role) FROM principal_role"
          + " WHERE tenant = 't1' AND subject = ?";

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
  void rolesAndTheirEventAreOne() throws Exception {
    String path = "/v1/workspaces/w1/roles/zoe";
    expect(200, office.put("t1", "ada", path, "{\"roles\": [\"b\", \"a\", \"b\"]}", Role.ADMIN));
    expect(200, office.put("t1", "ada", path, "{\"roles\": [\"a\", \"b\"]}", Role.ADMIN));

    assertThat(office.bus.history("t1", "Person", "zoe"))
        .singleElement()
        .satisfies(recorded -> {
          assertThat(recorded.event()).isEqualTo(new RolesSet("zoe", List.of("a", "b")));
          assertThat(recorded.header().workspace()).isEqualTo("_tenant");
          assertThat(recorded.header().actor().id()).isEqualTo("ada");
        });
    assertThat(office.one(ROLES, "zoe")).isEqualTo("a b");
    expect(200, office.put("t1", "ada", path, "{\"roles\": []}", Role.ADMIN));
    assertThat(office.bus.history("t1", "Person", "zoe"))
        .last()
        .satisfies(
            recorded -> assertThat(recorded.event()).isEqualTo(new RolesSet("zoe", List.of())));
  }

  /// Nobody alone, not against a hold, not while it works; then nothing of it opens, copies
  /// included.
  @Test
  void anOffboardedTenantsContentIsOpenedByNobody() throws Exception {
    var leaver = new Leaver(office, "t9", data);
    String path = "/v1/tenants/t9/offboarding";
    String yes = "{\"approve\": true}";
    String run = office.atGate("t9");
    assertThat(leaver.open()).isEqualTo(leaver.copies()).isEqualTo(5);
    expect(404, office.post("t9", "bea", path + "/decision", yes, Role.ADMIN));
    expect(202, office.post("t9", "ada", path, "{\"reason\": \"contract-ended\"}", Role.ADMIN));
    expect(403, office.post("t9", "ada", path + "/decision", yes, Role.ADMIN));
    expect(403, office.post("t9", "omar", path + "/decision", yes, Role.OPERATOR));
    expect(404, office.post("t1", "eve", path + "/decision", yes, Role.ADMIN));

    refusedOffboarding("RUN_NOT_OVER");
    office.store.execute("UPDATE run_index SET ended_at = now() WHERE run = ?", run);
    office.store.execute("INSERT INTO legal_hold VALUES ('t9', 'h1', 'WORKSPACE', 'w1')");
    refusedOffboarding("LEGAL_HOLD");
    office.store.execute("DELETE FROM legal_hold WHERE tenant = 't9'");
    assertThat(leaver.open()).as("nothing is gone so far").isEqualTo(5);
    expect(200, office.post("t9", "bea", path + "/decision", yes, Role.ADMIN));
    expect(200, office.post("t9", "bea", path + "/decision", yes, Role.ADMIN));

    assertThat(leaver.open()).isZero();
    assertThatThrownBy(() -> office.secrets.newInstanceKey("t9", "again"))
        .isInstanceOf(Unavailable.class);
    assertThat(
            office.one(
                """
                SELECT (SELECT count(*) FROM run_key WHERE tenant = 't9')
                     + (SELECT count(*) FROM workflow_key WHERE tenant = 't9')
                     + (SELECT count(*) FROM sealed_content WHERE tenant = 't9')
                     + (SELECT count(app_tokens_wrapped) FROM connector_instance WHERE tenant = 't9')
                     + (SELECT coalesce(sum(length(ingest_wrapped)), 0) FROM connector_instance
                         WHERE tenant = 't9')\
                """))
        .isEqualTo("0");
    expect(409, office.post("t9", "ada", "/v1/workspaces", "{\"workspace\": \"w2\"}", Role.ADMIN));
    // The provisioner reads its topic from the start when it starts, long after the key is gone.
    office.store.execute("DELETE FROM idempotency WHERE tenant = 't9'");
    expect(200, office.post("t9", "svc", "/v1/tenants/t9/provisioned", "", Role.SERVICE));
    expect(409, office.post("t9", "ada", "/v1/workspaces", "{\"workspace\": \"w2\"}", Role.ADMIN));
    assertThat(office.one("SELECT status FROM tenant WHERE tenant = ?", "t9"))
        .isEqualTo("OFFBOARDED");
    assertThat(office.bus.history("t9", "Tenant", "t9").stream().map(Recorded::event).skip(3))
        .satisfiesExactly(
            event ->
                assertThat(event)
                    .isInstanceOfSatisfying(
                        TenantOffboarded.class,
                        gone -> {
                          assertThat(gone.proposedBy()).isEqualTo("ada");
                          assertThat(gone.by()).isEqualTo("bea");
                          assertThat(gone.workflowKeys()).isEqualTo(1);
                          assertThat(gone.ingestKeys()).isEqualTo(2);
                          assertThat(gone.webhookSecrets()).isEqualTo(1);
                        }),
            event ->
                assertThat(event)
                    .isInstanceOfSatisfying(
                        TenantKeyDestroyed.class, key -> assertThat(key.refused()).isEqualTo(1)));
    assertThat(office.secrets.keyId("t1")).as("others keep theirs").isPresent();
    itsEvidenceIsStillGivenAndNoted();
  }

  /// The log has no content and outlives the keys: whoever takes a bundle of it is an entry more.
  private static void itsEvidenceIsStillGivenAndNoted() throws Exception {
    for (String log : List.of("_tenant", "w1")) {
      long before = office.events("t9", "EVIDENCE_EXPORTED");
      HttpResponse<String> noted =
          office.post(
              "t9",
              "svc-projection",
              "/v1/tenants/t9/accesses",
              """
              {"principal": "eva", "workspace": "%1$s", "resource": "%1$s", "scope": "WORKSPACE",
               "route": "GET /v1/evidence/workspaces/{ws}", "treeSize": 3}\
              """
                  .formatted(log),
              Role.SERVICE);
      expect(200, noted);
      assertThat(office.events("t9", "EVIDENCE_EXPORTED")).as(log).isEqualTo(before + 1);
    }
  }

  private static void refusedOffboarding(String code) throws Exception {
    HttpResponse<String> answer =
        office.post(
            "t9", "bea", "/v1/tenants/t9/offboarding/decision", "{\"approve\": true}", Role.ADMIN);
    expect(409, answer);
    assertThat(Office.json(answer).path("code").asText()).isEqualTo(code);
  }

  @Test
  void rolesAreGivenByTwo() throws Exception {
    String asked = "{\"subject\": \"max\", \"roles\": [\"operator\", \"approver\"]}";
    expect(403, office.post("t1", "rita", "/v1/role-proposals", asked, Role.OPERATOR));
    expect(403, office.post("t1", "max", "/v1/role-proposals", asked, Role.ADMIN));
    HttpResponse<String> proposed =
        office.post("t1", "ada", "/v1/role-proposals", asked, Role.ADMIN);
    expect(202, proposed);
    String proposal = Office.json(proposed).path("proposal").asText();
    String decision = "/v1/role-proposals/%s/decision".formatted(proposal);
    String yes = "{\"approve\": true}";

    expect(403, office.post("t1", "ada", decision, yes, Role.ADMIN));
    expect(403, office.post("t1", "max", decision, yes, Role.ADMIN));
    expect(403, office.post("t1", "omar", decision, yes, Role.OPERATOR));
    expect(404, office.post("t2", "eve", decision, yes, Role.ADMIN));
    assertThat(office.store.number("SELECT count(*) FROM principal_role WHERE subject = 'max'"))
        .isZero();
    expect(200, office.post("t1", "bea", decision, yes, Role.ADMIN));
    expect(404, office.post("t1", "bea", decision, yes, Role.ADMIN));

    assertThat(office.one(ROLES, "max")).isEqualTo("approver operator");
    assertThat(office.bus.history("t1", "Person", "max"))
        .extracting(Recorded::event)
        .containsExactly(
            new RolesProposed("max", proposal, List.of("approver", "operator"), "ada"),
            new RolesProposalDecisioned("max", proposal, true, "bea"),
            new RolesSet("max", List.of("approver", "operator")));
  }

  @Test
  void refusedRolesLeaveNeitherRowNorEvent() throws Exception {
    String path = "/v1/workspaces/%s/roles/%s";
    String auditor = "{\"roles\": [\"auditor\", \"operator\"]}";
    expect(422, office.put("t1", "ada", path.formatted("w1", "eve"), auditor, Role.ADMIN));
    expect(
        404,
        office.put("t1", "ada", path.formatted("w7", "eve"), "{\"roles\": [\"a\"]}", Role.ADMIN));

    assertThat(office.bus.history("t1", "Person", "eve")).isEmpty();
    assertThat(office.store.number("SELECT count(*) FROM principal_role WHERE subject = 'eve'"))
        .isZero();
  }

  @Test
  void identityAtSlackIsInNoEvent() throws Exception {
    long refusedBefore = refusals();
    String path = "/v1/identity-links/slack/TSECRET1.USECRET2";
    for (String subject : List.of("omar", "omar", "lena", "omar")) {
      String body = "{\"subject\": \"%s\"}".formatted(subject);
      expect(200, office.put("t1", "ada", path, body, Role.ADMIN));
    }
    expect(403, office.put("t1", "rita", path, "{\"subject\": \"rita\"}", Role.OPERATOR));

    List<IdentityLinked> links =
        Stream.of("omar", "lena")
            .flatMap(subject -> office.bus.history("t1", "Person", subject).stream())
            .map(Recorded::event)
            .filter(IdentityLinked.class::isInstance)
            .map(IdentityLinked.class::cast)
            .toList();
    assertThat(links)
        .extracting(link -> link.before().orElse("nobody"))
        .containsExactly("nobody", "lena", "omar");
    assertThat(links)
        .extracting(IdentityLinked::externalDigest)
        .containsOnly(links.getFirst().externalDigest());
    assertThat(refusals()).isEqualTo(refusedBefore + 1);
    assertThat(
            office.store.number(
                "SELECT count(*) FROM event WHERE position('SECRET'::bytea in payload) > 0"))
        .isZero();
  }

  private static long refusals() {
    return office.store.number("SELECT count(*) FROM event WHERE event_type = 'ACCESS_REFUSED'");
  }
}
