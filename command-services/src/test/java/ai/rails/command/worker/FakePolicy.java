package ai.rails.command.worker;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;

import ai.rails.domain.policy.Decision;
import ai.rails.domain.policy.Decision.Effect;
import ai.rails.domain.policy.Decision.Obligation;
import ai.rails.platform.opa.DecisionRequest;
import ai.rails.platform.opa.PolicyDecisionPoint;

/// Policy as a few lines of Java: writes of class R2 need an approval of exactly this call.
final class FakePolicy implements PolicyDecisionPoint {
  final List<DecisionRequest> asked = new CopyOnWriteArrayList<>();
  final AtomicReference<Optional<Effect>> always = new AtomicReference<>(Optional.empty());
  final AtomicReference<Map<String, String>> duty =
      new AtomicReference<>(Map.of("quorum", "1", "ttl_s", "600"));
  final AtomicReference<Optional<Map<String, String>>> route =
      new AtomicReference<>(Optional.empty());
  final AtomicReference<Optional<String>> unavailable = new AtomicReference<>(Optional.empty());

  @Override
  public Decision decide(DecisionRequest request) {
    asked.add(request);
    if (unavailable.get().isPresent()) {
      return decision(Effect.DENY);
    }
    if (route.get().isPresent()) {
      return decision(Effect.ROUTE);
    }
    String input = request.input().toString();
    boolean risky = input.contains("risk_class=R2");
    boolean approved = !input.contains("approvals=[]");
    return decision(always.get().orElse(risky && !approved ? Effect.REQUIRE_HITL : Effect.ALLOW));
  }

  private Decision decision(Effect effect) {
    return new Decision(
        "decision-" + asked.size(),
        "airails/tool_action/guarded",
        effect,
        List.of("because"),
        switch (effect) {
          case REQUIRE_HITL -> List.of(new Obligation(Obligation.Type.HUMAN_APPROVAL, duty.get()));
          case ROUTE ->
              route.get().stream().map(to -> new Obligation(Obligation.Type.ROUTE_TO, to)).toList();
          case ALLOW, REQUIRE_STEP_UP, THROTTLE, DENY -> List.of();
        },
        "{}",
        "a".repeat(64),
        Map.of(),
        Map.of(),
        unavailable.get(),
        Optional.empty());
  }
}
