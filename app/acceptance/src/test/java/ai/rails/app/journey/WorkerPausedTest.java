package ai.rails.app.journey;

import java.time.Duration;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import ai.rails.app.journey.Triage.Started;
import ai.rails.standin.Fault;
import ai.rails.standin.Faults;

import static org.assertj.core.api.Assertions.assertThat;

/// A worker that is paused between intent and write, as by a frozen machine: another one takes over
/// when its lease has ended, and when it wakes up it can neither write nor report.
@Tag("slow")
@ExtendWith(SharesACell.class)
final class WorkerPausedTest {
  @Test
  void aPausedWorkerIsFencedAndAnotherTakesOver(Cell cell) {
    Triage triage = cell.triage();
    Started started = triage.start();
    triage.awaitGate(started);
    String digest = triage.run(started.run()).path("artifactDigest").asText();
    Faults faults = triage.serviceNow().faults();
    faults.inject(
        1, Faults.on("GET", started.ticket().sysId()), new Fault.SlowAnswer(Duration.ofSeconds(4)));
    triage.approve(started);
    Triage.await("a call between intent and write", () -> faults.waiting() == 0);
    ProcessHandle first = cell.worker(triage);

    long paused = System.nanoTime();
    Signals.stop(first);
    try (SecondWorker second =
        SecondWorker.start(cell, triage, "second-worker", digest, Map.of()).awaitReady()) {
      assertThat(triage.settle(List.of(started)).values()).containsOnly("COMPLETED");
      Figures.print("worker paused until another had ended its run (lease 30 s)", paused);
      assertThat(second.output()).contains("call executed run=" + started.run());

      Signals.resume(first);
      Triage.await(
          "the first worker's giving up", () -> cell.log("worker-").contains("lease lost run="));
      ServersKilledTest.assertWrittenOnce(triage, List.of(started));
    } finally {
      Signals.resume(first);
    }

    assertThat(first.isAlive()).isTrue();
    Started next = triage.start();
    assertThat(triage.settle(List.of(next)).values()).containsOnly("COMPLETED");
    ServersKilledTest.assertWrittenOnce(triage, List.of(started, next));
    ServersKilledTest.assertVerified(cell);
  }
}
