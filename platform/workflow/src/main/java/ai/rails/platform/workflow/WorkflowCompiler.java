package ai.rails.platform.workflow;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.snakeyaml.engine.v2.nodes.Node;

import ai.rails.domain.workflow.Step;
import ai.rails.domain.workflow.Step.Gate;
import ai.rails.domain.workflow.Step.Tier;
import ai.rails.domain.workflow.Workflow;
import ai.rails.domain.workflow.Workflow.ConnectorPin;
import ai.rails.domain.workflow.Workflow.Field;

/// Compiles canonical YAML into an immutable artifact, or says everything that is wrong with it.
///
/// Pure: the same file, catalogue and author give the same bytes. Safe for use by several threads.
public final class WorkflowCompiler {
  /// Compiles a workflow.
  ///
  /// @param fileName for messages
  /// @param author principal who publishes it; may not approve its gates
  /// @throws WorkflowErrors with every error, in the order of the file
  public Compiled compile(String fileName, String yaml, ConnectorCatalogue catalogue, String author)
      throws WorkflowErrors {
    Problems problems = new Problems(fileName);
    Optional<Node> node = YamlSource.read(fileName, yaml, problems);
    if (node.isEmpty()) {
      throw problems.toErrors();
    }
    Draft draft = new WorkflowReader(problems).read(node.get());
    StepOrder order = StepOrder.of(draft.steps(), problems);
    new TriggerCheck(draft, problems).check();
    checkSubject(draft, problems);
    StepCheck steps = new StepCheck(draft, order, catalogue, problems);
    steps.check();
    Map<String, ConnectorPin> pins = pins(draft, catalogue, problems);
    if (problems.any()) {
      throw problems.toErrors();
    }
    Workflow workflow = workflow(draft, order, steps, pins, author);
    new TaintCheck(workflow, catalogue, problems).check();
    if (problems.any()) {
      throw problems.toErrors();
    }
    return compiled(workflow, problems);
  }

  /// Whoever is to be erased must be found by what lies in the clear.
  private static void checkSubject(Draft draft, Problems problems) {
    draft
        .subject()
        .filter(name ->
            Optional.ofNullable(draft.inputs().get(name))
                .filter(input -> input.type() == Field.Type.ID)
                .isEmpty())
        .ifPresent(name ->
            problems.at(
                "workflow.subject",
                "`%s` is no disclosed input of type id".formatted(name),
                "an input of type id that holds a person's pseudonym"));
  }

  private static Map<String, ConnectorPin> pins(
      Draft draft, ConnectorCatalogue catalogue, Problems problems) {
    Map<String, ConnectorPin> pins = new LinkedHashMap<>();
    draft
        .connectors()
        .forEach((alias, pin) -> {
          Optional<String> digest = catalogue.digest(pin.connector(), pin.version());
          if (digest.isEmpty()) {
            problems.at(
                "connectors." + alias,
                "there is no connector %s %s".formatted(pin.connector(), pin.version()),
                "a connector of the catalogue, at an exact version");
          }
          pins.put(
              alias,
              new ConnectorPin(
                  pin.connector(), pin.version(), digest.orElse(""), pin.instance(), pin.model()));
        });
    return pins;
  }

  private static Workflow workflow(
      Draft draft,
      StepOrder order,
      StepCheck checked,
      Map<String, ConnectorPin> pins,
      String author) {
    List<Step> steps =
        order.ordered().stream().map(step -> converted(step, checked.conditions())).toList();
    return new Workflow(
        draft.id(),
        draft.version(),
        draft.title(),
        author,
        draft.inputs(),
        draft.triggers(),
        pins,
        steps,
        draft.limits(),
        draft.settings(),
        draft.subject(),
        draft.workers());
  }

  private static Step converted(Step step, Map<String, String> conditions) {
    return new Step(
        step.id(),
        step.kind(),
        step.needs(),
        Optional.ofNullable(conditions.get(step.id())),
        step.disclose(),
        step.retry(),
        step.timeout(),
        step.call(),
        step.gate().map(gate -> converted(step.id(), gate, conditions)),
        step.rules(),
        step.output(),
        step.compensate());
  }

  private static Gate converted(String step, Gate gate, Map<String, String> conditions) {
    List<Tier> tiers = new ArrayList<>();
    for (Tier tier : gate.tiers()) {
      String key = "%s.tiers[%s]".formatted(step, tiers.size());
      String when = conditions.getOrDefault(key, tier.when());
      tiers.add(new Tier(when, tier.role(), tier.quorum()));
    }
    return new Gate(
        gate.forStep(),
        gate.role(),
        gate.quorum(),
        gate.expires(),
        gate.display(),
        gate.card(),
        gate.signature(),
        tiers,
        gate.escalations());
  }

  private static Compiled compiled(Workflow workflow, Problems problems) {
    byte[] artifact = ArtifactCodec.encode(workflow);
    if (!ArtifactCodec.decode(artifact).equals(workflow)) {
      throw new IllegalStateException(
          "artifact of %s does not read back as what was compiled".formatted(workflow.id()));
    }
    String digest = ArtifactCodec.digest(artifact);
    byte[] manifest = DeploymentManifest.of(workflow, digest);
    Map<String, SourcePlace> places = new HashMap<>();
    workflow.steps().forEach(step -> keep(places, "steps." + step.id(), problems));
    workflow.connectors().keySet().forEach(alias -> keep(places, "connectors." + alias, problems));
    return new Compiled(
        workflow, artifact, digest, manifest, ArtifactCodec.digest(manifest), places);
  }

  private static void keep(Map<String, SourcePlace> places, String path, Problems problems) {
    problems.placeOf(path).ifPresent(place -> places.put(path, place));
  }
}
