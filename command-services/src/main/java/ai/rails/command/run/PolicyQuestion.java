package ai.rails.command.run;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import ai.rails.command.CommandContext;
import ai.rails.command.budget.Standing;
import ai.rails.domain.budget.Money;
import ai.rails.domain.run.ModelRoute;
import ai.rails.domain.run.Run;
import ai.rails.domain.run.RunCommand.FrozenCall;
import ai.rails.domain.run.RunEvent.HumanGateDecisioned;
import ai.rails.domain.run.RunEvent.RunTriggered;
import ai.rails.domain.workflow.Taint;
import ai.rails.domain.workflow.Workflow;
import ai.rails.platform.opa.DecisionRequest;

/// The question `airails.tool_action/1`: metadata only, everything that the decision may depend on.
final class PolicyQuestion {
  private static final String ENTRY_POINT = "airails/tool_action/guarded";
  private static final long NANOS = 1_000_000_000L;

  private PolicyQuestion() {}

  /// What is asked about.
  ///
  /// @param declared what is known of the call
  /// @param group attempt group of the step
  /// @param routes models that may answer, for a call of a model
  record Asked(
      FrozenCall call,
      DeclaredCall.Declared declared,
      int group,
      Money estimate,
      List<ModelRoute> routes) {
    Actions.Facts facts() {
      return declared.facts();
    }
  }

  static DecisionRequest of(
      CommandContext context,
      String cell,
      Run run,
      Workflow workflow,
      Asked asked,
      Standing budget,
      Instant now) {
    RunTriggered trigger = run.trigger().orElseThrow();
    return new DecisionRequest(
        ENTRY_POINT,
        Map.ofEntries(
            Map.entry("schema", "airails.tool_action/1"),
            Map.entry("env", trigger.environment()),
            Map.entry("clock", Map.of("now_ns", nanos(now))),
            Map.entry("tenant", Map.of("id", context.tenant(), "cell", cell)),
            Map.entry("actor", actor(context, trigger)),
            Map.entry("workflow", workflow(workflow, trigger)),
            Map.entry("run", run(trigger, asked, workflow)),
            Map.entry("tool", tool(asked)),
            Map.entry("approvals", approvals(run, asked.call().callDigest())),
            Map.entry("budget", budget(budget, asked.estimate()))));
  }

  /// A worker acts for whoever started the run.
  private static Map<String, Object> actor(CommandContext context, RunTriggered trigger) {
    return Map.of(
        "kind", "agent",
        "id", context.actor().id(),
        "roles", List.of(),
        "on_behalf_of", trigger.requester());
  }

  static Map<String, Object> workflow(Workflow workflow, RunTriggered trigger) {
    return Map.of(
        "id", workflow.id(),
        "version", workflow.version(),
        "artifact_digest", trigger.artifactDigest(),
        "author", workflow.author());
  }

  /// The marks follow from the workflow: no worker is asked whether a model had a hand in it.
  private static Map<String, Object> run(RunTriggered trigger, Asked asked, Workflow workflow) {
    return Map.of(
        "id", trigger.run(),
        "step", asked.call().step(),
        "attempt_group", asked.group(),
        "taint", Taint.of(workflow).of(asked.call().step()));
  }

  private static Map<String, Object> tool(Asked asked) {
    FrozenCall call = asked.call();
    Map<String, Object> told =
        new HashMap<>(
            Map.of(
                "name", call.tool(),
                "action", call.action(),
                "connector_digest", call.connectorDigest(),
                "risk_class", asked.facts().riskClass(),
                "side_effect", asked.facts().write() ? "write" : "read",
                "idempotency_class", call.idempotencyClass().name(),
                "params", call.parameters(),
                "params_digest", call.callDigest(),
                "destination", Map.of("host", call.host(), "port", call.port())));
    asked.declared().runner().ifPresent(runner -> told.put("runner", runner));
    if (!asked.routes().isEmpty()) {
      told.put("routes", asked.routes().stream().map(PolicyQuestion::route).toList());
    }
    return told;
  }

  private static Map<String, Object> route(ModelRoute route) {
    Map<String, Object> told =
        new HashMap<>(Map.of("provider", route.connector(), "answers", route.answers()));
    if (!route.model().isEmpty()) {
      told.put("model", route.model());
    }
    if (!route.region().isEmpty()) {
      told.put("region", route.region());
    }
    return told;
  }

  private static List<Map<String, Object>> approvals(Run run, String callDigest) {
    Optional<Instant> expiry = run.approvalsExpire(callDigest);
    return run.approvals(callDigest).stream()
        .map(approval -> approval(approval, expiry.orElseThrow(), run.correctors(callDigest)))
        .toList();
  }

  private static Map<String, Object> approval(
      HumanGateDecisioned approval, Instant expiry, List<String> correctors) {
    Map<String, Object> told =
        new HashMap<>(
            Map.of(
                "id", approval.gate() + "/" + approval.approver(),
                "state", "APPROVED",
                "approver", approval.approver(),
                "digest", approval.callDigest(),
                "expires_at_ns", nanos(expiry)));
    approval.onBehalfOf().ifPresent(person -> told.put("on_behalf_of", person));
    approval.signature().ifPresent(_ -> told.put("signature", "passkey"));
    if (correctors.contains(approval.approver()) || correctors.contains(approval.says())) {
      told.put("corrected", true);
    }
    return told;
  }

  private static Map<String, Object> budget(Standing budget, Money estimate) {
    return Map.of(
        "currency", budget.unit().name(),
        "spent_nanos", budget.used(),
        "reserved_nanos", budget.reserved(),
        "estimate_nanos", estimate.nanos(),
        "limit_nanos", budget.limit());
  }

  static long nanos(Instant time) {
    return Math.addExact(Math.multiplyExact(time.getEpochSecond(), NANOS), (long) time.getNano());
  }
}
