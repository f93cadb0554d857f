package ai.rails.platform.workflow;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

import org.snakeyaml.engine.v2.nodes.Node;

import ai.rails.domain.Limits;
import ai.rails.domain.workflow.Step;
import ai.rails.domain.workflow.Step.Kind;
import ai.rails.domain.workflow.Step.Retry;
import ai.rails.domain.workflow.Step.Rule;
import ai.rails.domain.workflow.Value;

/// Reads the steps. A step's place is `steps.<id>`.
final class StepReader {
  private static final Set<String> COMMON =
      Set.of("id", "kind", "needs", "when", "disclose", "retry", "timeout");
  private static final Map<Kind, Set<String>> KEYS =
      Map.of(
          Kind.TOOL, Set.of("use", "with", "reveal", "compensate"),
          Kind.AI, Set.of("use", "with", "reveal", "or"),
          Kind.GUARD, Set.of("rules", "output"),
          Kind.GATE, GateReader.KEYS,
          Kind.PROOF, Set.of("output"));
  private static final Retry RETRY = new Retry(3, Duration.ofSeconds(2), Duration.ofMinutes(1));
  private static final Duration TIMEOUT = Duration.ofMinutes(1);

  private final Problems problems;
  private final CallReader calls;
  private final ValueReader values;
  private final GateReader gates;
  private final FieldReader fieldReader;

  StepReader(Problems problems) {
    this.problems = problems;
    this.calls = new CallReader(problems);
    this.values = new ValueReader(problems);
    this.gates = new GateReader(problems, calls);
    this.fieldReader = new FieldReader(problems);
  }

  List<Step> read(Fields workflow) {
    List<Step> steps = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    List<Node> nodes = workflow.list("steps");
    if (nodes.isEmpty() || nodes.size() > Limits.STEPS) {
      problems.at(
          "workflow.steps",
          "there are %d steps".formatted(nodes.size()),
          "1 to %d steps".formatted(Limits.STEPS));
    }
    for (Node node : nodes.subList(0, Math.min(nodes.size(), Limits.STEPS))) {
      String previous = steps.isEmpty() ? "" : steps.getLast().id();
      step(node, previous)
          .ifPresent(step -> {
            if (ids.add(step.id())) {
              steps.add(step);
            } else {
              problems.at(node, "there are two steps `%s`".formatted(step.id()), "each id once");
            }
          });
    }
    return steps;
  }

  private Optional<Step> step(Node node, String previous) {
    Fields head = Fields.open(node, "step", problems, "a step");
    Optional<String> id = head.requireText("id", Forms.STEP, Forms.STEP_HINT);
    Optional<Kind> kind =
        head.requireText("kind", Forms.NAME, kinds()).flatMap(text -> kind(text, node));
    if (id.isEmpty() || kind.isEmpty()) {
      return Optional.empty();
    }
    Set<String> known = new TreeSet<>(COMMON);
    known.addAll(KEYS.getOrDefault(kind.get(), Set.of()));
    Fields fields = Fields.closed(node, "steps." + id.get(), problems, known);
    return Optional.of(step(fields, id.get(), kind.get(), previous));
  }

  private Step step(Fields fields, String id, Kind kind, String previous) {
    boolean calling = kind == Kind.TOOL || kind == Kind.AI;
    return new Step(
        id,
        kind,
        needs(fields, previous),
        fields.text("when", Forms.EXPRESSION, Forms.EXPRESSION_HINT),
        fieldReader.disclosed(fields),
        retry(fields),
        fields.duration("timeout", Duration.ofSeconds(1), Duration.ofHours(1)).orElse(TIMEOUT),
        calling ? calls.read(fields) : Optional.empty(),
        kind == Kind.GATE ? Optional.of(gates.read(fields)) : Optional.empty(),
        rules(fields),
        output(fields),
        calls.nested(fields, "compensate"));
  }

  private static String kinds() {
    return "tool, ai, guard, gate or proof";
  }

  private Optional<Kind> kind(String text, Node node) {
    for (Kind kind : Kind.values()) {
      if (kind.name().toLowerCase(Locale.ROOT).equals(text)) {
        return Optional.of(kind);
      }
    }
    problems.at(node, "`%s` is no kind of step".formatted(text), kinds());
    return Optional.empty();
  }

  private static List<String> needs(Fields fields, String previous) {
    if (fields.has("needs")) {
      return fields.texts("needs", Forms.STEP, Forms.STEP_HINT);
    }
    return previous.isEmpty() ? List.of() : List.of(previous);
  }

  private Retry retry(Fields fields) {
    return fields
        .get("retry")
        .map(node ->
            Fields.closed(
                node, fields.path("retry"), problems, Set.of("attempts", "backoff", "maxBackoff")))
        .map(retry ->
            new Retry(
                retry.integer("attempts", 1, 20, RETRY.attempts()),
                retry
                    .duration("backoff", Duration.ofMillis(100), Duration.ofHours(1))
                    .orElse(RETRY.backoff()),
                retry
                    .duration("maxBackoff", Duration.ofMillis(100), Duration.ofHours(6))
                    .orElse(RETRY.maxBackoff())))
        .orElse(RETRY);
  }

  private List<Rule> rules(Fields fields) {
    List<Rule> rules = new ArrayList<>();
    for (Node node : fields.list("rules")) {
      Fields rule =
          Fields.closed(
              node,
              "%s[%d]".formatted(fields.path("rules"), rules.size()),
              problems,
              Set.of("cel", "code"));
      rules.add(
          new Rule(
              rule.requireText("cel", Forms.EXPRESSION, Forms.EXPRESSION_HINT).orElse("true"),
              rule.requireText("code", Forms.CODE, Forms.CODE_HINT).orElse("UNKNOWN")));
    }
    return rules;
  }

  private Optional<Value> output(Fields fields) {
    return fields.get("output").map(node -> values.read(node, fields.path("output")));
  }
}
