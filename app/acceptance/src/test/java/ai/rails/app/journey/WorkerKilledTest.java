package ai.rails.app.journey;

import java.time.Duration;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import ai.rails.app.journey.Triage.Started;
import ai.rails.standin.Fault;
import ai.rails.standin.Faults;

import static org.assertj.core.api.Assertions.assertThat;

/// `kill -9` of a worker between intent and outcome: the lease ends, another attempt finds out by
/// the marker what became of the call, and nothing is written twice.
@Tag("slow")
@ExtendWith(SharesACell.class)
final class WorkerKilledTest {
  private static final Fault HANGS = new Fault.SlowAnswer(Duration.ofSeconds(20));

  @Test
  void aKilledWorkersCallsAreRecoveredOnce(Cell cell) {
    Triage triage = cell.triage();
    List<Started> all = triage.start(3);
    all.forEach(triage::awaitGate);
    Started notYet = all.get(0);
    Started unanswered = all.get(1);
    Started unread = all.get(2);
    Faults faults = triage.serviceNow().faults();
    faults.inject(1, Faults.on("GET", notYet.ticket().sysId()), HANGS);
    faults.inject(1, Faults.on("PATCH", unanswered.ticket().sysId()), HANGS);
    faults.inject(1, Faults.on("GET", unread.ticket().sysId()), new Fault.None());
    faults.inject(1, Faults.on("GET", unread.ticket().sysId()), HANGS);
    all.forEach(triage::approve);
    Triage.await("three calls that hang", () -> faults.waiting() == 0);
    triage.awaitWrite(unanswered);
    ProcessHandle worker = cell.worker(triage);

    long killed = System.nanoTime();
    Signals.kill(worker);

    assertThat(triage.settle(all).values()).containsOnly("COMPLETED").hasSize(3);
    Figures.print("worker killed until its 3 runs had ended (lease 30 s)", killed);
    assertThat(cell.worker(triage).pid()).isNotEqualTo(worker.pid());
    ServersKilledTest.assertWrittenOnce(triage, all);
    assertThat(write(triage, notYet).path("adopted").asBoolean()).isFalse();
    assertThat(write(triage, unanswered).path("adopted").asBoolean()).isTrue();
    assertThat(write(triage, unread).path("adopted").asBoolean()).isTrue();
    assertThat(all)
        .allSatisfy(each -> {
          assertThat(write(triage, each).path("verified").asBoolean()).isTrue();
          assertThat(write(triage, each).path("epoch").asLong()).isPositive();
          assertThat(outcomes(triage, each)).containsExactly("AMBIGUOUS", "SUCCESS");
        });
    ServersKilledTest.assertVerified(cell);
  }

  private static JsonNode write(Triage triage, Started started) {
    for (JsonNode call : triage.get("/v1/calls?run=" + started.run()).path("items")) {
      if (call.path("step").asText().equals("write")) {
        return call;
      }
    }
    throw new AssertionError("no write in run " + started.run());
  }

  /// What became of each intent of the write, in order.
  private static List<String> outcomes(Triage triage, Started started) {
    return triage.events(started.run()).stream()
        .filter(entry -> entry.path("entryType").asText().equals("TOOL_ACTION_EXECUTED"))
        .map(entry -> entry.path("event"))
        .filter(event -> event.path("step").asText().equals("write"))
        .map(event -> event.path("outcome").asText())
        .toList();
  }
}
