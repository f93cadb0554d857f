package ai.rails.platform.workflow;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import ai.rails.domain.workflow.Step;
import ai.rails.domain.workflow.Taint;
import ai.rails.domain.workflow.Workflow;
import ai.rails.domain.workflow.Workflow.ConnectorPin;

/// What the lint of workflows is told: which calls there are, what they do, and who sees them.
public final class LintQuestion {
  private LintQuestion() {}

  /// The input of `airails/workflow_lint`: metadata only.
  public static Map<String, Object> of(Workflow workflow, ConnectorCatalogue catalogue) {
    Taint taint = Taint.of(workflow);
    List<Map<String, Object>> steps = new ArrayList<>();
    for (Step step : workflow.steps()) {
      Map<String, Object> told =
          new HashMap<>(
              Map.of(
                  "id", step.id(),
                  "order", steps.size(),
                  "gated", isGated(workflow, step),
                  "tainted", !taint.of(step.id()).isEmpty(),
                  "compensated", step.compensate().isPresent(),
                  "attempts", step.retry().attempts(),
                  "timeout_s", step.timeout().toSeconds()));
      action(workflow, catalogue, step)
          .ifPresent(type ->
              told.put(
                  "action",
                  Map.of(
                      "effect", type.effect().name(),
                      "risk", type.risk(),
                      "class", type.idempotencyClass().name())));
      steps.add(told);
    }
    Map<String, Object> connectors = new HashMap<>();
    workflow.connectors().forEach((alias, pin) -> connectors.put(alias, connector(pin, catalogue)));
    return Map.of("steps", steps, "connectors", connectors);
  }

  private static boolean isGated(Workflow workflow, Step step) {
    return workflow.steps().stream()
        .anyMatch(each -> each.gate().filter(gate -> gate.forStep().equals(step.id())).isPresent());
  }

  private static Optional<ActionType> action(
      Workflow workflow, ConnectorCatalogue catalogue, Step step) {
    return step.call()
        .flatMap(call ->
            Optional.ofNullable(workflow.connectors().get(call.connector()))
                .flatMap(pin -> catalogue.action(pin.connector(), pin.version(), call.action())));
  }

  private static Map<String, Object> connector(ConnectorPin pin, ConnectorCatalogue catalogue) {
    Map<String, Object> told =
        new HashMap<>(
            Map.of(
                "connector", pin.connector(),
                "any_host", catalogue.reachesAnyHost(pin.connector(), pin.version())));
    pin.model().ifPresent(model -> told.put("model", model));
    return told;
  }
}
