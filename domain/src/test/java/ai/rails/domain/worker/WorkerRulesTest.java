package ai.rails.domain.worker;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Test;

import ai.rails.domain.Refused;
import ai.rails.domain.policy.Decision;
import ai.rails.domain.policy.Decision.Effect;
import ai.rails.domain.worker.Worker.State;
import ai.rails.domain.worker.WorkerCommand.ConfirmRelease;
import ai.rails.domain.worker.WorkerCommand.ExpireKeys;
import ai.rails.domain.worker.WorkerCommand.ProvisionWorker;
import ai.rails.domain.worker.WorkerCommand.RefuseKeys;
import ai.rails.domain.worker.WorkerCommand.ReleaseKeys;
import ai.rails.domain.worker.WorkerCommand.TerminateWorker;
import ai.rails.domain.worker.WorkerEvent.AttestationVerified;
import ai.rails.domain.worker.WorkerEvent.CollateralArchived;
import ai.rails.domain.worker.WorkerEvent.KeyReleaseEvaluated;
import ai.rails.domain.worker.WorkerEvent.KeyReleaseExpired;
import ai.rails.domain.worker.WorkerEvent.KeyReleaseRefused;
import ai.rails.domain.worker.WorkerEvent.KeyReleased;
import ai.rails.domain.worker.WorkerEvent.WorkerRegistered;
import ai.rails.domain.worker.WorkerEvent.WorkerTerminated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class WorkerRulesTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  private static final Instant QUARTER_PAST = NOON.plus(Duration.ofMinutes(15));

  private static final AttestedEvidence EVIDENCE =
      new AttestedEvidence(
          "TDX",
          "PRODUCTION",
          "a".repeat(64),
          "UpToDate",
          List.of(),
          Optional.of(NOON),
          20,
          "p1",
          "td-0000001000000000",
          "c".repeat(64),
          NOON,
          QUARTER_PAST,
          "krs:c1",
          "bm9uY2U=",
          "a2V5",
          "",
          "sha256:" + "d".repeat(64),
          "worker/1",
          Optional.empty(),
          "cXVvdGU=");
  private static final KeyReleaseRefused REFUSED =
      new KeyReleaseRefused("w1", "NO", Optional.empty(), Optional.of("tdx:1"));

  private final WorkerRules rules = new WorkerRules();

  @Test
  void firstReleaseAdmitsAndEachHasItsEpoch() {
    List<WorkerEvent> first = rules.decide(rules.initial(), release("dev"), NOON);
    Worker admitted = fold(rules.initial(), first);
    List<WorkerEvent> second = rules.decide(admitted, release("dev"), NOON);

    assertThat(first)
        .hasExactlyElementsOfTypes(
            WorkerRegistered.class,
            CollateralArchived.class,
            AttestationVerified.class,
            KeyReleaseEvaluated.class,
            KeyReleased.class);
    assertThat(second)
        .hasExactlyElementsOfTypes(
            AttestationVerified.class, KeyReleaseEvaluated.class, KeyReleased.class);
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
  void expiryOfWhatItHoldsIsSaidOnceAndEvidenceBringsItBack() {
    Worker released = fold(rules.initial(), rules.decide(rules.initial(), release("dev"), NOON));
    var expiry = new ExpireKeys("t1", "w1", "r1");
    assertThat(rules.decide(released, expiry, NOON)).as("not confirmed").isEmpty();
    Worker running =
        fold(released, rules.decide(released, new ConfirmRelease("t1", "w1", "r1"), NOON));
    assertThat(rules.decide(running, new ExpireKeys("t1", "w1", "r0"), NOON)).isEmpty();

    List<WorkerEvent> expired = rules.decide(running, expiry, NOON);
    assertThat(expired).containsExactly(new KeyReleaseExpired("w1", "r1", 1));
    Worker without = fold(running, expired);
    assertThat(without.state()).isEqualTo(State.PROVISIONED);
    assertThat(rules.decide(without, expiry, NOON)).isEmpty();
    assertThat(fold(without, rules.decide(without, release("dev"), NOON)).state())
        .isEqualTo(State.KEYS_RELEASED);
  }

  @Test
  void refusalsAreNotedUpToALimit() {
    Worker worker = rules.initial();
    int noted = 0;
    for (int i = 0; i < 100; i++) {
      List<WorkerEvent> events = rules.decide(worker, refuse(Optional.empty()), NOON);
      noted += events.size();
      worker = fold(worker, events);
    }
    assertThat(noted).isEqualTo(WorkerRules.MAX_REFUSALS);
    assertThat(rules.decide(rules.initial(), refuse(Optional.empty()), NOON))
        .containsExactly(REFUSED);
  }

  @Test
  void nothingButAnAllowReleasesKeysAndARefusalNamesItsDecision() {
    for (Effect effect : Effect.values()) {
      if (effect != Effect.ALLOW) {
        assertThatThrownBy(() -> rules.decide(rules.initial(), release("dev", effect), NOON))
            .isInstanceOf(Refused.class)
            .hasMessageContaining("because");
      }
    }
    Decision denied = decision(Effect.DENY);
    assertThat(rules.decide(rules.initial(), refuse(Optional.of(denied)), NOON))
        .containsExactly(new KeyReleaseEvaluated("w1", denied), REFUSED);
  }

  @Test
  void lifeGoesFromTheCertificateOverEvidenceAndKeysToTheEnd() {
    Worker provisioned =
        fold(
            rules.initial(),
            rules.decide(
                rules.initial(), new ProvisionWorker("t1", "w1", "triage", "1.0.0", "dev"), NOON));
    assertThat(provisioned.state()).isEqualTo(State.PROVISIONED);

    Worker released = fold(provisioned, rules.decide(provisioned, release("dev"), NOON));
    assertThat(released.state()).isEqualTo(State.KEYS_RELEASED);
    Worker running =
        fold(released, rules.decide(released, new ConfirmRelease("t1", "w1", "r1"), NOON));
    assertThat(running.state()).isEqualTo(State.RUNNING);
    Worker rotating = fold(running, rules.decide(running, release("dev"), NOON));
    assertThat(rotating.state()).isEqualTo(State.ROTATING_KEYS);
    Worker again =
        fold(rotating, rules.decide(rotating, new ConfirmRelease("t1", "w1", "r1"), NOON));
    assertThat(again.state()).isEqualTo(State.RUNNING);
    assertThatThrownBy(() -> rules.decide(again, new ConfirmRelease("t1", "w1", "r1"), NOON))
        .as("a release is confirmed once")
        .isInstanceOf(Refused.class);
  }

  private static RefuseKeys refuse(Optional<Decision> decision) {
    return new RefuseKeys("t1", "w1", "NO", Optional.empty(), Optional.of("tdx:1"), decision);
  }

  private static Decision decision(Effect effect) {
    return new Decision(
        "d1",
        "airails/key_release/guarded",
        effect,
        List.of("because"),
        List.of(),
        "{}",
        "0".repeat(64),
        Map.of(),
        Map.of(),
        Optional.empty(),
        Optional.empty());
  }

  private static ReleaseKeys release(String environment) {
    return release(environment, Effect.ALLOW);
  }

  private static ReleaseKeys release(String environment, Effect effect) {
    return new ReleaseKeys(
        "t1",
        "w1",
        "triage",
        "1.0.0",
        environment,
        "VERIFIED",
        "tdx:1",
        "0".repeat(64),
        EVIDENCE,
        List.of("Y29sbGF0ZXJhbA=="),
        decision(effect),
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
