package ai.rails.command.worker;

import java.security.MessageDigest;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import ai.rails.command.run.RunEntity;
import ai.rails.command.run.RunPlace;
import ai.rails.command.worker.KeyHolders.Work;
import ai.rails.command.worker.WorkerEndpoint.Reply;
import ai.rails.domain.Limits;
import ai.rails.domain.Refused;
import ai.rails.domain.SealedRef;
import ai.rails.domain.run.Run;
import ai.rails.domain.run.Run.StepStatus;
import ai.rails.domain.run.RunCommand.CompleteStep;
import ai.rails.domain.run.RunCommand.FailStep;
import ai.rails.domain.run.RunEvent.StepFailed;
import ai.rails.domain.workflow.Artifacts;
import ai.rails.domain.workflow.Step;
import ai.rails.domain.workflow.Workflow;
import ai.rails.platform.http.WorkerIdentity;
import ai.rails.platform.postgres.Sql;
import ai.rails.schema.Recorded;
import ai.rails.schema.worker.WorkerProtocol.Attempt;
import ai.rails.schema.worker.WorkerProtocol.Claim;
import ai.rails.schema.worker.WorkerProtocol.Claimed;
import ai.rails.schema.worker.WorkerProtocol.Complete;
import ai.rails.schema.worker.WorkerProtocol.Fail;
import ai.rails.schema.worker.WorkerProtocol.Lease;
import ai.rails.schema.worker.WorkerProtocol.Renew;
import ai.rails.schema.worker.WorkerProtocol.RunKey;

/// Claims, leases, the run's key, and the end of a step. Thread-safe.
final class StepRequests {
  private static final int WRAPPED_KEY_BYTES_MAX = 256;
  private static final int DISCLOSED_MAX = 32;
  private static final String PUT_KEY =
      "INSERT INTO run_key (tenant, run, wrapped) VALUES (?, ?, ?) ON CONFLICT DO NOTHING";
  private static final String KEY = "SELECT wrapped FROM run_key WHERE tenant = ? AND run = ?";

  private final Desk desk;
  private final Attempts attempts;
  private final Artifacts artifacts;

  StepRequests(Desk desk, Attempts attempts, Artifacts artifacts) {
    this.desk = desk;
    this.attempts = attempts;
    this.artifacts = artifacts;
  }

  Reply claim(
      WorkerIdentity worker, Map<String, String> parts, Claim claim, Optional<String> trace) {
    RunPlace place = desk.place(worker, claim.run(), "POST /v1/worker/steps/claim", Work.NEW);
    Limits.requireId("step", claim.step());
    Workflow workflow = artifacts.load(place.tenant(), place.artifactDigest());
    Duration timeout = timeout(workflow, claim.step());
    Attempts.Held held =
        desk.database()
            .inTenant(
                place.tenant(),
                c -> {
                  desk.requireKeys(c, worker, Work.NEW);
                  return attempts.claim(c, worker, claim, timeout);
                });
    List<Recorded> history = desk.bus().history(place.tenant(), RunEntity.STREAM_TYPE, place.run());
    var answer = new ClaimAnswer(place, claim, held, desk.fold(history), workflow, history);
    Claimed claimed = desk.database().inTenant(place.tenant(), answer::read);
    return Reply.of(claimed);
  }

  /// A card and an undo have the time of the step that they are named after.
  private static Duration timeout(Workflow workflow, String stepId) {
    int dot = stepId.indexOf('.');
    String base = dot < 0 ? stepId : stepId.substring(0, dot);
    return workflow
        .step(base)
        .map(Step::timeout)
        .orElseThrow(() ->
            new Refused(
                Refused.Code.NOT_FOUND,
                "workflow %s has no step %s".formatted(workflow.id(), stepId)));
  }

  Reply renew(
      WorkerIdentity worker, Map<String, String> parts, Renew renew, Optional<String> trace) {
    desk.place(worker, renew.attempt().run(), "POST /v1/worker/leases/renew");
    long until =
        desk.database().inTenant(worker.tenant(), c -> attempts.renew(c, worker, renew.attempt()));
    return Reply.of(new Lease(until));
  }

  Reply runKey(
      WorkerIdentity worker, Map<String, String> parts, RunKey key, Optional<String> trace) {
    RunPlace place = desk.place(worker, key.attempt().run(), "PUT /v1/worker/run-key");
    byte[] wrapped = Contents.decode("wrappedRunKey", key.wrappedRunKey());
    if (wrapped.length > WRAPPED_KEY_BYTES_MAX) {
      throw Contents.invalid(
          "wrappedRunKey has more than %d bytes".formatted(WRAPPED_KEY_BYTES_MAX));
    }
    boolean same =
        desk.database()
            .inTenant(
                place.tenant(),
                c -> {
                  attempts.require(c, worker, key.attempt(), Duration.ZERO);
                  Sql.execute(c, PUT_KEY, place.tenant(), place.run(), wrapped);
                  return Sql.one(c, KEY, row -> row.getBytes(1), place.tenant(), place.run())
                      .filter(kept -> MessageDigest.isEqual(kept, wrapped))
                      .isPresent();
                });
    if (!same) {
      throw new Refused(
          Refused.Code.ALREADY_EXISTS,
          "run %s has another key; claim the step again".formatted(place.run()));
    }
    return Reply.nothing();
  }

  Reply complete(
      WorkerIdentity worker, Map<String, String> parts, Complete body, Optional<String> trace) {
    Attempt a = body.attempt();
    RunPlace place = desk.place(worker, a.run(), "POST /v1/worker/steps/complete");
    if (body.disclosed().size() > DISCLOSED_MAX) {
      throw Contents.invalid("a step discloses at most %d fields".formatted(DISCLOSED_MAX));
    }
    List<Contents.Piece> pieces =
        Contents.check(body.output().stream().toList(), a.step() + "/output/");
    Optional<SealedRef> output = pieces.stream().map(Contents.Piece::ref).findFirst();
    try {
      desk.dispatch(
          worker,
          place,
          trace,
          c -> {
            attempts.require(c, worker, a, Duration.ZERO);
            Contents.put(c, place.tenant(), place.run(), pieces);
          },
          new CompleteStep(
              place.tenant(), a.run(), a.step(), a.attempt(), body.disclosed(), output));
    } catch (Refused refused) {
      if (!completed(desk.load(place), a, body.disclosed(), output)) {
        throw fenced(worker, a, refused);
      }
    }
    return Reply.nothing();
  }

  /// Whether this very completion was recorded before and only its answer was lost.
  private static boolean completed(
      Run run, Attempt a, Map<String, String> disclosed, Optional<SealedRef> output) {
    return run.step(a.step())
        .filter(step -> step.status() == StepStatus.COMPLETED && step.attempt() == a.attempt())
        .filter(step -> step.disclosed().equals(disclosed) && step.output().equals(output))
        .isPresent();
  }

  Reply fail(WorkerIdentity worker, Map<String, String> parts, Fail body, Optional<String> trace) {
    Attempt a = body.attempt();
    RunPlace place = desk.place(worker, a.run(), "POST /v1/worker/steps/fail");
    if (!CallBodies.CODE.matcher(body.code()).matches()
        || CallBodies.RESERVED.contains(body.code())) {
      throw Contents.invalid(
          "code must be 1 to 64 of A-Z, 0-9 and _, and none of the control plane's own");
    }
    try {
      desk.dispatch(
          worker,
          place,
          trace,
          c -> attempts.require(c, worker, a, Duration.ZERO),
          new FailStep(
              place.tenant(), a.run(), a.step(), a.attempt(), body.code(), body.retryable()));
    } catch (Refused refused) {
      if (!failed(place, a, body.code())) {
        throw fenced(worker, a, refused);
      }
    }
    return Reply.nothing();
  }

  private boolean failed(RunPlace place, Attempt a, String code) {
    Collection<Recorded> history =
        desk.bus().history(place.tenant(), RunEntity.STREAM_TYPE, place.run());
    return history.stream()
        .anyMatch(recorded ->
            recorded.event() instanceof StepFailed e
                && e.step().equals(a.step())
                && e.attempt() == a.attempt()
                && e.code().equals(code));
  }

  /// Of an attempt that is no longer the worker's, the worker learns just that.
  private Refused fenced(WorkerIdentity worker, Attempt a, Refused refused) {
    try {
      Attempts.Held _ =
          desk.database()
              .inTenant(worker.tenant(), c -> attempts.require(c, worker, a, Duration.ZERO));
      return refused;
    } catch (Refused stale) {
      return stale;
    }
  }
}
