package ai.rails.app.journey;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.app.evidence.EvidenceCommand;
import ai.rails.app.journey.Triage.Started;
import ai.rails.platform.evidence.BundleVerifier;
import ai.rails.platform.evidence.Trust;
import ai.rails.platform.evidence.Verdict;
import ai.rails.schema.EventCodec;

import static org.assertj.core.api.Assertions.assertThat;

/// A worker that is revoked in the middle of runs: another is put in its place under a new name,
/// the runs end there, and their evidence tells of both and of the revocation between them.
@Tag("slow")
@ExtendWith(SharesACell.class)
final class WorkerRevokedTest {
  @TempDir Path directory;

  @Test
  void anotherWorkerEndsTheRunsOfARevokedOne(Cell cell) throws Exception {
    Triage triage = cell.secondTenant();
    List<Started> all = triage.start(2);
    all.forEach(triage::awaitGate);
    String revoked = running(triage);

    Http.Answer answer = order(triage, revoked, "revoke", "{\"reason\":\"DRILL\"}");
    long since = System.nanoTime();
    assertThat(answer.status()).as(answer.toString()).isEqualTo(200);
    assertThat(triage.settle(all).values()).containsOnly("COMPLETED");
    Figures.print("worker revoked until another had ended its 2 runs", since);

    String second = running(triage);
    assertThat(second).isNotEqualTo(revoked).startsWith(revoked.replaceFirst("-\\d+$", ""));
    assertThat(worker(triage, revoked).path("state").asText()).isEqualTo("TERMINATED");
    assertThat(worker(triage, revoked).path("endedBecause").asText()).isEqualTo("REVOKED_DRILL");
    Verdict verdict = exported(cell, triage, all.getFirst());
    assertThat(verdict.failures()).isEmpty();
    assertThat(verdict.tree().toString()).contains(revoked + " ended at position", "REVOKED_DRILL");
    ServersKilledTest.assertWrittenOnce(triage, all);
    ServersKilledTest.assertVerified(cell);
  }

  /// The one that the launcher started for these runs: other journeys admit workers of their own
  /// and publish other workflows here.
  private static String running(Triage triage) {
    var found = new String[] {""};
    Triage.await(
        "a worker that runs",
        () -> {
          found[0] =
              workers(triage).stream()
                  .filter(each -> each.path("worker").asText().startsWith("worker-"))
                  .filter(each -> each.path("workflow").asText().equals("itsm-triage"))
                  .filter(each -> each.path("state").asText().equals("RUNNING"))
                  .map(each -> each.path("worker").asText())
                  .findFirst()
                  .orElse("");
          return !found[0].isEmpty();
        });
    return found[0];
  }

  private static List<JsonNode> workers(Triage triage) {
    return StreamSupport.stream(triage.get("/v1/workers").path("items").spliterator(), false)
        .toList();
  }

  private static JsonNode worker(Triage triage, String name) {
    return triage.get("/v1/workers/" + name);
  }

  private static Http.Answer order(Triage triage, String worker, String how, String body) {
    return Http.send(
        "POST",
        triage.flagship().api().uri("/v1/workers/%s/%s".formatted(worker, how)),
        Map.of(
            "Authorization",
            "Bearer " + triage.flagship().people().operator(triage.tenant()),
            "Content-Type",
            "application/json"),
        body);
  }

  private Verdict exported(Cell cell, Triage triage, Started started) throws Exception {
    Path file = directory.resolve("bundle.zip");
    triage.evidence(started, file);
    return new BundleVerifier(new EventCodec(), EvidenceCommand.DOCUMENTS)
        .verify(file, Trust.directory(cell.data().resolve("trust")));
  }
}
