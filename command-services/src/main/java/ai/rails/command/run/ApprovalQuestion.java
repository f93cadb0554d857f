package ai.rails.command.run;

import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

import ai.rails.domain.gate.Say;
import ai.rails.domain.policy.Decision;
import ai.rails.domain.run.Run;
import ai.rails.domain.run.Run.GateState;
import ai.rails.domain.run.RunCommand.DecideGate;
import ai.rails.domain.run.RunEvent.RunTriggered;
import ai.rails.domain.run.RunEvent.Verdict;
import ai.rails.domain.workflow.Artifacts;
import ai.rails.domain.workflow.Workflow;
import ai.rails.platform.http.Unavailable;
import ai.rails.platform.opa.DecisionRequest;
import ai.rails.platform.opa.PolicyDecisionPoint;

/// The question `airails.approval/1`, asked at the moment somebody approves a call or corrects it:
/// may this person? A no is never asked about, for it lets nothing leave.
///
/// @param cell id of this cell
record ApprovalQuestion(PolicyDecisionPoint policy, Artifacts artifacts, String cell) {
  private static final String ENTRY_POINT = "airails/approval/guarded";

  /// @return empty where there is nothing to approve; the rules say so then
  /// @throws Unavailable if policy gives no valid answer: nobody approves without one
  Optional<Decision> ask(Run run, DecideGate asked, Instant now) {
    Optional<GateState> gate =
        run.gate(asked.gate())
            .filter(GateState::open)
            .filter(_ -> asked.verdict() == Verdict.APPROVE && !run.status().ended());
    Optional<Decision> decision =
        gate.map(state ->
            policy.decide(new DecisionRequest(ENTRY_POINT, input(run, asked, state, now))));
    decision
        .flatMap(Decision::unavailable)
        .ifPresent(code -> {
          throw new Unavailable(
              "policy can not be asked now (%s); approve again".formatted(code),
              new IllegalStateException(code));
        });
    return decision;
  }

  private Map<String, Object> input(Run run, DecideGate asked, GateState gate, Instant now) {
    RunTriggered trigger = run.trigger().orElseThrow();
    Workflow workflow = artifacts.load(asked.tenant(), trigger.artifactDigest());
    return Map.of(
        "schema", "airails.approval/1",
        "env", trigger.environment(),
        "clock", Map.of("now_ns", PolicyQuestion.nanos(now)),
        "tenant", Map.of("id", asked.tenant(), "cell", cell),
        "workflow", PolicyQuestion.workflow(workflow, trigger),
        "actor", actor(asked),
        "gate",
            Map.of(
                "id", asked.gate(),
                "role", gate.role(),
                "requester", gate.request().requester(),
                "digest", gate.request().callDigest(),
                "expires_at_ns", PolicyQuestion.nanos(gate.request().expiresAt())));
  }

  private static Map<String, Object> actor(DecideGate asked) {
    Map<String, Object> actor = new HashMap<>(Map.of("kind", "user", "id", asked.approver()));
    asked.say().map(Say::by).ifPresent(person -> actor.put("on_behalf_of", person));
    return actor;
  }
}
