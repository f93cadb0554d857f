package ai.rails.command.gate;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;

import ai.rails.command.http.Office;
import ai.rails.domain.run.Run.GateState;
import ai.rails.platform.http.Role;

import static ai.rails.command.http.Office.json;
import static org.assertj.core.api.Assertions.assertThat;

/// People who decide about calls in a furnished office, in an installation where what counts takes
/// two.
final class ApprovalDesk implements AutoCloseable {
  final Office office;
  private int digests;

  ApprovalDesk(Path data) throws Exception {
    office = new Office(data, true);
    // The store's clock is the real one; delegations and challenges lapse by it.
    office.now.set(InstantSource.system().instant());
    office.furnished("t1").furnished("t2");
    for (String person : List.of("omar", "mia", "pat", "quin")) {
      office.store.execute(
          "INSERT INTO principal_role (tenant, subject, role) VALUES ('t1', ?, 'approver')",
          person);
    }
    office.store.execute(
        "INSERT INTO principal_role (tenant, subject, role) VALUES ('t1', 'aud', 'auditor')");
  }

  String digest() {
    digests++;
    return "sha256:" + "%064x".formatted(digests);
  }

  GateState gate(String run) {
    return office.bus.load("t1", office.runs, run).gate("ask").orElseThrow();
  }

  HttpResponse<String> decide(
      String who, Role role, String run, String verdict, String digest, String more)
      throws Exception {
    return office.post(
        "t1",
        who,
        "/v1/runs/%s/gates/ask/decisions".formatted(run),
        "{\"verdict\": \"%s\", \"callDigest\": \"%s\"%s}".formatted(verdict, digest, more),
        role);
  }

  static String item(String run, String digest) {
    return "{\"run\": \"%s\", \"gate\": \"ask\", \"callDigest\": \"%s\"}".formatted(run, digest);
  }

  static void refused(int status, String code, HttpResponse<String> answer) {
    assertThat(json(answer).path("code").asText()).as(answer.body()).isEqualTo(code);
    assertThat(answer.statusCode()).isEqualTo(status);
  }

  @Override
  public void close() {
    office.close();
  }
}
