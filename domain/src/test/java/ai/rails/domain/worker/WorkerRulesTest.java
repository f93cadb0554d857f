package ai.rails.domain.worker;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import org.junit.jupiter.api.Test;

import ai.rails.domain.Refused;
import ai.rails.domain.worker.WorkerCommand.RefuseKeys;
import ai.rails.domain.worker.WorkerCommand.ReleaseKeys;
import ai.rails.domain.worker.WorkerCommand.TerminateWorker;
import ai.rails.domain.worker.WorkerEvent.AttestationVerified;
import ai.rails.domain.worker.WorkerEvent.KeyReleaseRefused;
import ai.rails.domain.worker.WorkerEvent.KeyReleased;
import ai.rails.domain.worker.WorkerEvent.WorkerRegistered;
import ai.rails.domain.worker.WorkerEvent.WorkerTerminated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class WorkerRulesTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  private static final Instant QUARTER_PAST = NOON.plus(Duration.ofMinutes(15));

  private final WorkerRules rules = new WorkerRules();

  @Test
  void firstReleaseAdmitsAndEachHasItsEpoch() {
    List<WorkerEvent> first = rules.decide(rules.initial(), release("dev"), NOON);
    Worker admitted = fold(rules.initial(), first);
    List<WorkerEvent> second = rules.decide(admitted, release("dev"), NOON);

    assertThat(first)
        .hasExactlyElementsOfTypes(
            WorkerRegistered.class, AttestationVerified.class, KeyReleased.class);
    assertThat(second).hasExactlyElementsOfTypes(AttestationVerified.class, KeyReleased.class);
    assertThat(((KeyReleased) first.getLast()).leaseEpoch()).isEqualTo(1);
    assertThat(((KeyReleased) second.getLast()).leaseEpoch()).isEqualTo(2);
  }

  @Test
  void workerStaysInItsEnvironmentAndDoesNotComeBack() {
    Worker admitted = fold(rules.initial(), rules.decide(rules.initial(), release("dev"), NOON));
    assertThatThrownBy(() -> rules.decide(admitted, release("prod"), NOON))
        .isInstanceOf(Refused.class);

    List<WorkerEvent> ended =
        rules.decide(admitted, new TerminateWorker("t1", "w1", "DRAINED"), NOON);
    assertThat(ended).containsExactly(new WorkerTerminated("w1", "DRAINED"));
    Worker gone = fold(admitted, ended);
    assertThatThrownBy(() -> rules.decide(gone, release("dev"), NOON)).isInstanceOf(Refused.class);
    assertThat(rules.decide(gone, new TerminateWorker("t1", "w1", "AGAIN"), NOON)).isEmpty();
  }

  @Test
  void refusalsAreNotedUpToALimit() {
    Worker worker = rules.initial();
    int noted = 0;
    for (int i = 0; i < 100; i++) {
      List<WorkerEvent> events = rules.decide(worker, new RefuseKeys("t1", "w1", "NO"), NOON);
      noted += events.size();
      worker = fold(worker, events);
    }
    assertThat(noted).isEqualTo(WorkerRules.MAX_REFUSALS);
    assertThat(rules.decide(rules.initial(), new RefuseKeys("t1", "w1", "NO"), NOON))
        .containsExactly(new KeyReleaseRefused("w1", "NO"));
  }

  private static ReleaseKeys release(String environment) {
    return new ReleaseKeys(
        "t1",
        "w1",
        "triage",
        "1.0.0",
        environment,
        "DEVELOPMENT",
        "none",
        "0".repeat(64),
        "r1",
        List.of("workflow:x"),
        QUARTER_PAST);
  }

  private Worker fold(Worker worker, List<WorkerEvent> events) {
    Worker folded = worker;
    for (WorkerEvent event : events) {
      folded = rules.evolve(folded, event);
    }
    return folded;
  }
}
