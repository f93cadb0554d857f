package ai.rails.platform.workflow;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import ai.rails.domain.workflow.Step;
import ai.rails.domain.workflow.Workflow.ConnectorPin;
import ai.rails.domain.workflow.Workflow.Field;
import ai.rails.domain.workflow.Workflow.RunLimits;
import ai.rails.domain.workflow.Workflow.Trigger;
import ai.rails.domain.workflow.Workflow.Workers;

/// A workflow as it was read: of the right form, and not yet checked. Pins have no digest yet.
record Draft(
    String id,
    String version,
    String title,
    Map<String, Field> inputs,
    List<Trigger> triggers,
    Map<String, ConnectorPin> connectors,
    List<Step> steps,
    RunLimits limits,
    Map<String, Object> settings,
    Optional<String> subject,
    Workers workers) {
  Optional<Step> step(String stepId) {
    return steps.stream().filter(step -> step.id().equals(stepId)).findFirst();
  }
}
