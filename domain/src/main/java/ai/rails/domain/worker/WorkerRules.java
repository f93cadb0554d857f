package ai.rails.domain.worker;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import ai.rails.domain.Decider;
import ai.rails.domain.Limits;
import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.domain.policy.Decision.Effect;
import ai.rails.domain.worker.Worker.State;
import ai.rails.domain.worker.WorkerCommand.ConfirmRelease;
import ai.rails.domain.worker.WorkerCommand.ExpireKeys;
import ai.rails.domain.worker.WorkerCommand.ProvisionWorker;
import ai.rails.domain.worker.WorkerCommand.RefuseKeys;
import ai.rails.domain.worker.WorkerCommand.ReleaseKeys;
import ai.rails.domain.worker.WorkerCommand.TerminateWorker;
import ai.rails.domain.worker.WorkerCommand.WarnOfDemotion;
import ai.rails.domain.worker.WorkerEvent.AttestationVerified;
import ai.rails.domain.worker.WorkerEvent.CollateralArchived;
import ai.rails.domain.worker.WorkerEvent.KeyReleaseConfirmed;
import ai.rails.domain.worker.WorkerEvent.KeyReleaseEvaluated;
import ai.rails.domain.worker.WorkerEvent.KeyReleaseExpired;
import ai.rails.domain.worker.WorkerEvent.KeyReleaseRefused;
import ai.rails.domain.worker.WorkerEvent.KeyReleased;
import ai.rails.domain.worker.WorkerEvent.PlatformWillBeDemoted;
import ai.rails.domain.worker.WorkerEvent.WorkerRegistered;
import ai.rails.domain.worker.WorkerEvent.WorkerTerminated;

/// A worker stays with what it was admitted for, and a terminated one never comes back.
public final class WorkerRules implements Decider<WorkerCommand, Worker, WorkerEvent> {
  /// Refusals that are recorded between two releases; a loop of them must not grow the stream.
  static final int MAX_REFUSALS = 16;

  @Override
  public Worker initial() {
    return Worker.NONE;
  }

  @Override
  public List<WorkerEvent> decide(Worker worker, WorkerCommand command, Instant now) {
    Limits.requireId("worker", command.worker());
    return switch (command) {
      case ProvisionWorker c -> provision(worker, c);
      case ReleaseKeys c -> release(worker, c, now);
      case ConfirmRelease c -> confirm(worker, c);
      case RefuseKeys c -> worker.refusals() < MAX_REFUSALS ? refuse(c) : List.of();
      case WarnOfDemotion c ->
          worker.terminated() || worker.warned().equals(standing(c.warning()))
              ? List.of()
              : List.of(c.warning());
      case ExpireKeys c ->
          worker.terminated() || !worker.held().equals(Optional.of(c.releaseId()))
              ? List.of()
              : List.of(new KeyReleaseExpired(c.worker(), c.releaseId(), worker.releases()));
      case TerminateWorker c ->
          worker.terminated() || worker.registered().isEmpty()
              ? List.of()
              : List.of(new WorkerTerminated(c.worker(), c.reason()));
    };
  }

  @Override
  public Worker evolve(Worker worker, WorkerEvent event) {
    return switch (event) {
      case WorkerRegistered e -> worker.admitted(e);
      case AttestationVerified _ ->
          worker.in(worker.holdsKeys() ? State.ROTATING_KEYS : State.ATTESTED);
      case CollateralArchived e -> worker.archive(e.collateralSha256());
      case KeyReleaseEvaluated _ -> worker;
      case KeyReleased e -> worker.offered(e);
      case KeyReleaseConfirmed _ -> worker.confirmed();
      case KeyReleaseExpired _ -> worker.expired();
      case KeyReleaseRefused _ -> worker.refused();
      case PlatformWillBeDemoted e -> worker.warned(standing(e));
      case WorkerTerminated _ -> worker.in(State.TERMINATED);
    };
  }

  private static String standing(PlatformWillBeDemoted warning) {
    return "%s %d".formatted(warning.nextStatus(), warning.evaluationNumber());
  }

  private static List<WorkerEvent> provision(Worker worker, ProvisionWorker c) {
    var admission =
        new WorkerRegistered(c.worker(), c.workflowId(), c.version(), c.environmentId());
    requireLiving(worker, c.worker());
    if (worker.registered().isEmpty()) {
      return List.of(admission);
    }
    requireSame(worker, admission);
    return List.of();
  }

  private static List<WorkerEvent> confirm(Worker worker, ConfirmRelease c) {
    requireLiving(worker, c.worker());
    if (!worker.open().equals(Optional.of(c.releaseId()))) {
      throw new Refused(
          Code.FORBIDDEN,
          "release %s of worker %s is not the one that waits to be confirmed"
              .formatted(c.releaseId(), c.worker()));
    }
    return List.of(new KeyReleaseConfirmed(c.worker(), c.releaseId(), worker.releases()));
  }

  private static void requireLiving(Worker worker, String name) {
    if (worker.terminated()) {
      throw new Refused(
          Code.FORBIDDEN,
          "worker %s is terminated; start a new one under another name".formatted(name));
    }
  }

  private static void requireSame(Worker worker, WorkerRegistered admission) {
    if (!worker.registered().equals(Optional.of(admission))) {
      throw new Refused(
          Code.FORBIDDEN,
          "worker %s was admitted for another workflow version or environment"
              .formatted(admission.worker()));
    }
  }

  private static List<WorkerEvent> refuse(RefuseKeys c) {
    List<WorkerEvent> events = new ArrayList<>();
    c.decision().ifPresent(said -> events.add(new KeyReleaseEvaluated(c.worker(), said)));
    events.add(new KeyReleaseRefused(c.worker(), c.code(), c.evidenceSha256(), c.measurement()));
    return List.copyOf(events);
  }

  private static List<WorkerEvent> release(Worker worker, ReleaseKeys c, Instant now) {
    requireLiving(worker, c.worker());
    if (!c.expiresAt().isAfter(now)) {
      throw new Refused(Code.INVALID, "the release would be over before it begins");
    }
    if (c.decision().effect() != Effect.ALLOW) {
      throw new Refused(
          Code.FORBIDDEN,
          "policy does not let worker %s have keys: %s"
              .formatted(c.worker(), c.decision().reasons()));
    }
    var admission =
        new WorkerRegistered(c.worker(), c.workflowId(), c.version(), c.environmentId());
    List<WorkerEvent> events = new ArrayList<>();
    if (worker.registered().isEmpty()) {
      events.add(admission);
    } else {
      requireSame(worker, admission);
    }
    AttestedEvidence evidence = c.evidence();
    if (!worker.archived().equals(evidence.collateralSha256())) {
      events.add(
          new CollateralArchived(
              c.worker(), evidence.collateralSha256(), evidence.tee(), c.collateral()));
    }
    events.add(
        new AttestationVerified(
            c.worker(), c.verdict(), c.measurement(), c.evidenceSha256(), Optional.of(evidence)));
    events.add(new KeyReleaseEvaluated(c.worker(), c.decision()));
    events.add(
        new KeyReleased(c.worker(), c.releaseId(), c.keys(), worker.releases() + 1, c.expiresAt()));
    return List.copyOf(events);
  }
}
