package ai.rails.app.journey;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

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
import ai.rails.standin.Fault;
import ai.rails.standin.Faults;

import static org.assertj.core.api.Assertions.assertThat;

/// Two workers of one workflow version: each is attested and gets keys of its own release, they
/// share the steps, and when one dies in the middle of a call the other goes on with everything.
@Tag("slow")
@ExtendWith(SharesACell.class)
final class TwoWorkersTest {
  private static final String SECOND = "sharing-worker";
  private static final int MOST_RUNS = 16;

  @TempDir Path directory;

  @Test
  void twoWorkersShareTheStepsAndOneGoesOnAlone(Cell cell) throws Exception {
    Triage triage = cell.triage();
    Started before = triage.start();
    triage.awaitGate(before);
    String digest = triage.run(before.run()).path("artifactDigest").asText();
    List<Started> all = new ArrayList<>(List.of(before));
    try (SecondWorker second =
        SecondWorker.start(cell, triage, SECOND, digest, Map.of()).awaitReady()) {

      while (actors(triage, all).size() < 2 && all.size() < MOST_RUNS) {
        List<Started> more = triage.start(2);
        more.forEach(triage::awaitGate);
        all.addAll(more);
      }

      Set<String> both = actors(triage, all);
      assertThat(both).hasSize(2).contains(SECOND);
      for (String name : both) {
        JsonNode shown = worker(triage, name);
        assertThat(shown.path("workflow").asText()).isEqualTo("itsm-triage");
        assertThat(shown.path("verdict").asText()).isEqualTo("SIMULATED");
        assertThat(shown.path("state").asText()).isEqualTo("RUNNING");
      }
      killInACall(triage, all, second);
      assertThat(triage.settle(all).values()).containsOnly("COMPLETED").hasSize(all.size());
    }

    Started after = triage.start();
    assertThat(triage.settle(List.of(after)).values()).containsOnly("COMPLETED");
    assertThat(actors(triage, List.of(after))).hasSize(1).doesNotContain(SECOND);
    all.add(after);
    ServersKilledTest.assertWrittenOnce(triage, all);
    Path file = directory.resolve("bundle.zip");
    triage.evidence(before, file);
    Verdict verdict =
        new BundleVerifier(new EventCodec(), EvidenceCommand.DOCUMENTS)
            .verify(file, Trust.directory(cell.data().resolve("trust")));
    assertThat(verdict.failures()).isEmpty();
    ServersKilledTest.assertVerified(cell);
  }

  /// A write of the second worker hangs at ServiceNow, and there it dies.
  private static void killInACall(Triage triage, List<Started> all, SecondWorker second) {
    Started its =
        all.stream()
            .filter(each -> actors(triage, List.of(each)).contains(SECOND))
            .findFirst()
            .orElseThrow();
    triage
        .serviceNow()
        .faults()
        .inject(
            1,
            Faults.on("GET", its.ticket().sysId()),
            new Fault.SlowAnswer(Duration.ofSeconds(20)));
    triage.approve(its);
    Triage.await(
        "its write",
        () -> actors(triage, its, "TOOL_ACTION_INTENDED", "write").equals(Set.of(SECOND)));
    second.kill();
  }

  private static JsonNode worker(Triage triage, String name) {
    return triage.get("/v1/workers/" + name);
  }

  /// Who did the steps of these runs.
  private static Set<String> actors(Triage triage, List<Started> all) {
    Set<String> names = new TreeSet<>();
    for (Started each : all) {
      names.addAll(actors(triage, each, "TOOL_ACTION_EXECUTED", ""));
    }
    return names;
  }

  private static Set<String> actors(Triage triage, Started started, String type, String step) {
    Set<String> names = new TreeSet<>();
    triage.events(started.run()).stream()
        .filter(entry -> entry.path("entryType").asText().equals(type))
        .filter(entry -> step.isEmpty() || entry.path("event").path("step").asText().equals(step))
        .map(entry -> entry.path("header").path("actor").path("id").asText())
        .forEach(names::add);
    return names;
  }
}
