package ai.rails.platform.workflow;

import java.util.Optional;

import ai.rails.domain.workflow.Step;
import ai.rails.domain.workflow.Taint;
import ai.rails.domain.workflow.Workflow;
import ai.rails.domain.workflow.Workflow.ConnectorPin;

/// Refuses a workflow in which a model's output decides where a call goes or which model answers.
/// Connector, action, instance, host and credential are names in the workflow's text and can not be
/// built of anything; what is left are parameters that the manifest says pick somebody (`$comment:
/// picks the ...`), and the model's own name.
final class TaintCheck {
  private static final String PICKS = "picks ";
  private static final String MODEL = "model";

  private final Workflow workflow;
  private final ConnectorCatalogue catalogue;
  private final Problems problems;
  private final Taint taint;

  TaintCheck(Workflow workflow, ConnectorCatalogue catalogue, Problems problems) {
    this.workflow = workflow;
    this.catalogue = catalogue;
    this.problems = problems;
    this.taint = Taint.of(workflow);
  }

  void check() {
    for (Step step : workflow.steps()) {
      String path = "steps." + step.id();
      step.call().ifPresent(call -> call.choices().forEach(choice -> check(choice, path)));
      step.compensate().ifPresent(call -> check(call, path + ".compensate"));
      step.gate().flatMap(Step.Gate::card).ifPresent(call -> check(call, path + ".card"));
    }
  }

  private void check(Step.Call call, String path) {
    call.parameters()
        .forEach((name, value) ->
            picks(call, name)
                .filter(_ -> taint.marks(value))
                .ifPresent(what ->
                    problems.at(
                        "%s.with.%s".formatted(path, name),
                        "parameter `%s` picks %s and is built of a model's output"
                            .formatted(name, what),
                        "a constant, a setting or an input; a model's output is data")));
  }

  /// What a parameter picks, if it picks anything.
  private Optional<String> picks(Step.Call call, String name) {
    ConnectorPin pin = workflow.connectors().get(call.connector());
    Optional<ActionType> action =
        Optional.ofNullable(pin)
            .flatMap(each -> catalogue.action(each.connector(), each.version(), call.action()));
    if (action.isEmpty()) {
      return Optional.empty();
    }
    String said = action.get().parameters().path("properties").path(name).path("$comment").asText();
    boolean model = name.equals(MODEL) && action.get().effect() == ActionType.Effect.MODEL;
    return said.startsWith(PICKS)
        ? Optional.of(said.substring(PICKS.length()))
        : Optional.of("the model").filter(_ -> model);
  }
}
