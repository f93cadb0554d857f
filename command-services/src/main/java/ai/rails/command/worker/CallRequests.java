package ai.rails.command.worker;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

import ai.rails.command.Receipt;
import ai.rails.command.TransactionPart;
import ai.rails.command.run.RunPlace;
import ai.rails.command.worker.WorkerEndpoint.Reply;
import ai.rails.domain.Limits;
import ai.rails.domain.Refused;
import ai.rails.domain.SealedRef;
import ai.rails.domain.policy.Decision;
import ai.rails.domain.run.Reasons;
import ai.rails.domain.run.Run;
import ai.rails.domain.run.Run.StepStatus;
import ai.rails.domain.run.RunCommand.FailStep;
import ai.rails.domain.run.RunCommand.FrozenCall;
import ai.rails.domain.run.RunCommand.IntendCall;
import ai.rails.domain.run.RunCommand.ProposeCall;
import ai.rails.domain.run.RunCommand.RecordOutcome;
import ai.rails.domain.run.RunEvent.HumanGateRequested;
import ai.rails.domain.run.RunEvent.Outcome;
import ai.rails.platform.http.WorkerIdentity;
import ai.rails.schema.worker.WorkerProtocol.Attempt;
import ai.rails.schema.worker.WorkerProtocol.Call;
import ai.rails.schema.worker.WorkerProtocol.Intended;
import ai.rails.schema.worker.WorkerProtocol.Intent;
import ai.rails.schema.worker.WorkerProtocol.Propose;
import ai.rails.schema.worker.WorkerProtocol.Proposed;
import ai.rails.schema.worker.WorkerProtocol.Recorded;
import ai.rails.schema.worker.WorkerProtocol.ReportOutcome;
import ai.rails.schema.worker.WorkerProtocol.Sealed;
import ai.rails.schema.worker.WorkerProtocol.SignedApprovals;

/// Proposals, intents and outcomes of calls. Thread-safe.
final class CallRequests {
  /// Less lease than this lets no ticket be used; the worker renews first.
  private static final Duration INTENT_MARGIN = Duration.ofSeconds(6);

  private static final Set<Refused.Code> HELD =
      Set.of(Refused.Code.BUDGET_EXCEEDED, Refused.Code.TOO_MANY);

  private static final int HOLD_ATTEMPTS = 3;

  private final Desk desk;
  private final Attempts attempts;
  private final FreshTickets fresh;
  private final IntentAnswer answers;

  CallRequests(Desk desk, Attempts attempts, FreshTickets fresh) {
    this.answers = new IntentAnswer(fresh);
    this.fresh = fresh;
    this.desk = desk;
    this.attempts = attempts;
  }

  Reply propose(
      WorkerIdentity worker, Map<String, String> parts, Propose body, Optional<String> trace) {
    Attempt a = body.attempt();
    RunPlace place = desk.place(worker, a.run(), "POST /v1/worker/gates/propose");
    if (!body.gate().equals(a.step())) {
      throw Contents.invalid("gate and step differ: %s, %s".formatted(body.gate(), a.step()));
    }
    CallBodies.checkNames(body.display(), CallBodies.LABEL);
    Frozen frozen = frozen(worker, place, a, body.call(), body.sealed(), Duration.ZERO);
    try {
      Receipt receipt =
          desk.dispatch(
              worker,
              place,
              trace,
              fenced(worker, place, a, frozen, Duration.ZERO, new AtomicLong()),
              new ProposeCall(
                  place.tenant(),
                  a.run(),
                  a.step(),
                  a.attempt(),
                  frozen.call(),
                  body.display(),
                  Optional.empty()));
      Decision decision = IntentAnswer.decision(receipt);
      boolean asked = IntentAnswer.event(receipt, HumanGateRequested.class).isPresent();
      return Reply.of(
          new Proposed(
              asked ? decision.effect().name() : IntentAnswer.held(decision), decision.reasons()));
    } catch (Refused refused) {
      throw stale(worker, a, refused);
    }
  }

  Reply intent(
      WorkerIdentity worker, Map<String, String> parts, Intent body, Optional<String> trace) {
    Attempt a = body.attempt();
    RunPlace place = desk.place(worker, a.run(), "POST /v1/worker/calls/{callId}/intent");
    if (!body.call().callId().equals(parts.get("callId"))) {
      throw Contents.invalid("the path names another call than the body");
    }
    Frozen frozen = frozen(worker, place, a, body.call(), body.sealed(), INTENT_MARGIN);
    var leaseUntil = new AtomicLong();
    TransactionPart still = fenced(worker, place, a, frozen, INTENT_MARGIN, leaseUntil);
    TransactionPart fence =
        c -> {
          still.write(c);
          fresh.lengthen(c, worker, a, frozen.call()).ifPresent(leaseUntil::set);
        };
    var command =
        new IntendCall(
            place.tenant(),
            a.run(),
            a.step(),
            a.attempt(),
            a.epoch(),
            frozen.call(),
            CallBodies.money(body.call().estimate()),
            CallBodies.table(body.call().estimate()),
            body.call().tokens(),
            Optional.empty(),
            List.of(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    try {
      Receipt receipt = intend(worker, place, trace, fence, command);
      return Reply.of(answers.of(worker, place, receipt, frozen.signed(), leaseUntil.get()));
    } catch (Refused refused) {
      if (HELD.contains(refused.code())) {
        boolean money = refused.code() == Refused.Code.BUDGET_EXCEEDED;
        String reason = money ? Reasons.BUDGET_EXCEEDED : Reasons.THROTTLED;
        return Reply.of(comeAgain(worker, place, a, trace, reason));
      }
      throw stale(worker, a, refused);
    }
  }

  /// Another call can take the last of a limit after it was looked at. Looked at again, the rules
  /// see that and hold the call back.
  private Receipt intend(
      WorkerIdentity worker,
      RunPlace place,
      Optional<String> trace,
      TransactionPart fence,
      IntendCall command) {
    for (int attempt = 1; ; attempt++) {
      try {
        return desk.dispatch(worker, place, trace, fence, command);
      } catch (Refused refused) {
        if (!HELD.contains(refused.code()) || attempt == HOLD_ATTEMPTS) {
          throw refused;
        }
      }
    }
  }

  /// Others were faster each time: the step comes again by itself.
  private Intended comeAgain(
      WorkerIdentity worker, RunPlace place, Attempt a, Optional<String> trace, String reason) {
    desk.dispatch(
        worker,
        place,
        trace,
        c -> attempts.require(c, worker, a, Duration.ZERO),
        new FailStep(place.tenant(), a.run(), a.step(), a.attempt(), reason, true));
    return new Intended(
        Decision.Effect.THROTTLE.name(), List.of(reason), "", "", List.of(), Optional.empty());
  }

  Reply outcome(
      WorkerIdentity worker,
      Map<String, String> parts,
      ReportOutcome body,
      Optional<String> trace) {
    Attempt a = body.attempt();
    RunPlace place = desk.place(worker, a.run(), "POST /v1/worker/calls/{callId}/outcome");
    String callId = Limits.requireId("callId", parts.getOrDefault("callId", ""));
    Outcome outcome = CallBodies.parse(Outcome.class, "outcome", body.outcome());
    CallBodies.checkOutcome(body);
    Map<String, SealedRef> evidence = new HashMap<>();
    List<Contents.Piece> pieces =
        Contents.check(
            body.evidence().values(), "%s/evidence/%d/".formatted(a.step(), a.attempt()));
    body.evidence()
        .forEach((kind, sealed) ->
            pieces.stream()
                .map(Contents.Piece::ref)
                .filter(ref -> ref.ref().equals(sealed.ref()))
                .findFirst()
                .ifPresent(ref -> evidence.put(kind, ref)));
    try {
      desk.dispatch(
          worker,
          place,
          trace,
          c -> {
            attempts.require(c, worker, a, Duration.ZERO);
            Contents.put(c, place.tenant(), place.run(), pieces);
          },
          command(place, a, callId, outcome, body, evidence));
    } catch (Refused refused) {
      if (!told(desk.load(place), callId, a, outcome)) {
        throw stale(worker, a, refused);
      }
    }
    return Reply.of(new Recorded(next(desk.load(place), a, outcome)));
  }

  private static RecordOutcome command(
      RunPlace place,
      Attempt a,
      String callId,
      Outcome outcome,
      ReportOutcome body,
      Map<String, SealedRef> evidence) {
    return new RecordOutcome(
        place.tenant(),
        a.run(),
        a.step(),
        a.attempt(),
        a.epoch(),
        callId,
        outcome,
        body.code(),
        body.retryable(),
        body.retryAfterMillis(),
        body.httpStatus(),
        body.vendorRef(),
        body.requests(),
        body.verified(),
        body.adopted(),
        body.model().map(CallBodies::model),
        evidence);
  }

  /// Whether this very outcome was recorded before and only its answer was lost.
  private static boolean told(Run run, String callId, Attempt a, Outcome outcome) {
    return run.call(callId)
        .filter(call -> call.intended().filter(i -> i.epoch() == a.epoch()).isPresent())
        .filter(call -> call.outcome().equals(Optional.of(outcome)))
        .filter(call -> call.step().equals(a.step()))
        .isPresent();
  }

  private static String next(Run run, Attempt a, Outcome outcome) {
    boolean open =
        !run.status().ended()
            && run.step(a.step())
                .filter(s -> s.status() == StepStatus.SCHEDULED && s.attempt() == a.attempt())
                .isPresent();
    return open && outcome == Outcome.SUCCESS ? "COMPLETE" : "STOP";
  }

  /// A call as it lies frozen, and its ciphertext if it came with the request.
  ///
  /// @param known whether the run knows the call: its content is never replaced then
  /// @param signed by people who approved it
  private record Frozen(
      FrozenCall call,
      List<Contents.Piece> pieces,
      boolean known,
      Optional<SignedApprovals> signed) {}

  private Frozen frozen(
      WorkerIdentity worker,
      RunPlace place,
      Attempt a,
      Call call,
      List<Sealed> sealed,
      Duration margin) {
    CallBodies.checkCall(call);
    String prefix = call.forStep() + "/call/";
    List<Contents.Piece> pieces = Contents.check(sealed, prefix);
    if (!call.frozenRef().startsWith(prefix)) {
      throw Contents.invalid("frozenRef must start with " + prefix);
    }
    Run run = desk.load(place);
    boolean known = run.call(call.callId()).isPresent();
    SealedRef ref =
        desk.database()
            .inTenant(
                place.tenant(),
                c -> {
                  attempts.require(c, worker, a, margin);
                  return ref(c, place, call.frozenRef(), pieces);
                });
    return new Frozen(
        CallBodies.frozenCall(call, ref), pieces, known, IntentAnswer.signed(run, call.callId()));
  }

  private static SealedRef ref(
      Connection c, RunPlace place, String frozenRef, List<Contents.Piece> pieces)
      throws SQLException {
    Optional<SealedRef> sent =
        pieces.stream()
            .map(Contents.Piece::ref)
            .filter(ref -> ref.ref().equals(frozenRef))
            .findFirst();
    return sent.isPresent()
        ? sent.get()
        : Contents.find(c, place.tenant(), place.run(), frozenRef)
            .orElseThrow(() -> Contents.invalid("no content lies at %s".formatted(frozenRef)));
  }

  private TransactionPart fenced(
      WorkerIdentity worker,
      RunPlace place,
      Attempt a,
      Frozen frozen,
      Duration margin,
      AtomicLong leaseUntil) {
    return c -> {
      leaseUntil.set(attempts.require(c, worker, a, margin).leaseUntil());
      if (frozen.known()) {
        Contents.put(c, place.tenant(), place.run(), frozen.pieces());
      } else {
        Contents.replace(c, place.tenant(), place.run(), frozen.pieces());
      }
    };
  }

  /// Of an attempt that is no longer the worker's, the worker learns just that.
  private Refused stale(WorkerIdentity worker, Attempt a, Refused refused) {
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
