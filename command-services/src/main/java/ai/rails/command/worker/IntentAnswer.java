package ai.rails.command.worker;

import java.util.List;
import java.util.Optional;

import ai.rails.command.Receipt;
import ai.rails.command.run.RunPlace;
import ai.rails.domain.policy.Decision;
import ai.rails.domain.run.Hold;
import ai.rails.domain.run.Routing;
import ai.rails.domain.run.Run;
import ai.rails.domain.run.RunEvent.CallHeld;
import ai.rails.domain.run.RunEvent.PolicyEvaluated;
import ai.rails.domain.run.RunEvent.StepFailed;
import ai.rails.domain.run.RunEvent.ToolActionIntended;
import ai.rails.platform.http.WorkerIdentity;
import ai.rails.schema.worker.WorkerProtocol.Intended;
import ai.rails.schema.worker.WorkerProtocol.Route;
import ai.rails.schema.worker.WorkerProtocol.SignedApproval;
import ai.rails.schema.worker.WorkerProtocol.SignedApprovals;

/// What a worker is told of what was decided about its call. Thread-safe.
final class IntentAnswer {
  private final FreshTickets fresh;

  /// @param fresh issues the tickets of a call that may leave
  IntentAnswer(FreshTickets fresh) {
    this.fresh = fresh;
  }

  /// @param approved what people signed about the call
  Intended of(
      WorkerIdentity worker,
      RunPlace place,
      Receipt receipt,
      Optional<SignedApprovals> approved,
      long leaseUntil) {
    Optional<CallHeld> heldBack = event(receipt, CallHeld.class);
    if (heldBack.isPresent()) {
      Hold hold = heldBack.get().hold();
      return new Intended(
          Decision.Effect.THROTTLE.name(),
          List.of(hold.code()),
          "",
          "",
          List.of(),
          Optional.of(hold.waitMillis()));
    }
    Decision decision = decision(receipt);
    Optional<ToolActionIntended> left = event(receipt, ToolActionIntended.class);
    if (left.isEmpty()) {
      Optional<Route> elsewhere = elsewhere(receipt, decision);
      List<String> reasons =
          event(receipt, StepFailed.class).map(e -> List.of(e.code())).orElse(decision.reasons());
      return new Intended(
          elsewhere.isPresent() ? decision.effect().name() : held(decision),
          reasons,
          decision.decisionId(),
          "",
          List.of(),
          decision.retryAfterMillis(),
          elsewhere,
          Optional.empty(),
          Optional.empty());
    }
    return fresh.leave(worker, place, left.get(), decision, approved, leaseUntil);
  }

  /// What people signed about a call that takes signed approvals.
  static Optional<SignedApprovals> signed(Run run, String callId) {
    return run.gates().values().stream()
        .filter(gate -> gate.request().signature() && gate.request().callId().equals(callId))
        .map(gate ->
            new SignedApprovals(
                gate.quorum(),
                gate.approvals().values().stream()
                    .flatMap(vote ->
                        vote
                            .signature()
                            .map(signature -> new SignedApproval(vote.approver(), signature))
                            .stream())
                    .toList()))
        .findFirst();
  }

  /// With a route to another model of the step the attempt goes on; else it has failed.
  private static Optional<Route> elsewhere(Receipt receipt, Decision decision) {
    return event(receipt, StepFailed.class).isPresent()
        ? Optional.empty()
        : Routing.chosen(decision).map(CallBodies::route);
  }

  /// What a worker is told of a decision that let nothing leave.
  static String held(Decision decision) {
    return switch (decision.effect()) {
      case ALLOW, ROUTE -> Decision.Effect.DENY.name();
      case REQUIRE_HITL, REQUIRE_STEP_UP, THROTTLE, DENY -> decision.effect().name();
    };
  }

  static Decision decision(Receipt receipt) {
    return event(receipt, PolicyEvaluated.class)
        .map(PolicyEvaluated::decision)
        .orElseThrow(() -> new IllegalStateException("a call was decided without policy"));
  }

  static <T> Optional<T> event(Receipt receipt, Class<T> type) {
    return receipt.events().stream().filter(type::isInstance).map(type::cast).findFirst();
  }
}
