package ai.rails.platform.workflow;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.snakeyaml.engine.v2.nodes.Node;

import ai.rails.domain.workflow.Step.Call;
import ai.rails.domain.workflow.Value;

/// Reads a call: `use: alias.action`, `with`, `reveal`; of a model also `or`, other models' calls.
final class CallReader {
  static final Set<String> KEYS = Set.of("use", "with", "reveal");
  private static final Set<String> OTHER_KEYS = Set.of("use", "with");
  private static final String OR = "or";
  private static final int MOST_OTHERS = 3;

  private final Problems problems;
  private final ValueReader values;

  CallReader(Problems problems) {
    this.problems = problems;
    this.values = new ValueReader(problems);
  }

  /// A call that is a mapping of its own, as with `card` and `compensate`.
  Optional<Call> nested(Fields parent, String key) {
    return parent
        .get(key)
        .map(node -> Fields.closed(node, parent.path(key), problems, KEYS))
        .flatMap(this::read);
  }

  Optional<Call> read(Fields fields) {
    return fields
        .requireText("use", Forms.USE, Forms.USE_HINT)
        .map(use -> {
          int dot = use.indexOf('.');
          return new Call(
              use.substring(0, dot),
              use.substring(dot + 1),
              parameters(fields),
              fields.texts("reveal", Forms.NAME, "parameter names"),
              others(fields));
        });
  }

  private List<Call> others(Fields fields) {
    List<Node> nodes = fields.list(OR);
    if (nodes.size() > MOST_OTHERS) {
      problems.at(
          fields.path(OR),
          "there are %d other models".formatted(nodes.size()),
          "at most %d".formatted(MOST_OTHERS));
      return List.of();
    }
    List<Call> others = new ArrayList<>();
    for (Node node : nodes) {
      String path = "%s[%d]".formatted(fields.path(OR), others.size());
      read(Fields.closed(node, path, problems, OTHER_KEYS)).ifPresent(others::add);
    }
    return List.copyOf(others);
  }

  private Map<String, Value> parameters(Fields fields) {
    Map<String, Value> parameters = new LinkedHashMap<>();
    Optional<Node> with = fields.get("with");
    if (with.isPresent()) {
      Fields given = Fields.open(with.get(), fields.path("with"), problems, "parameters");
      for (String name : given.keys()) {
        given
            .get(name)
            .ifPresent(node -> parameters.put(name, values.read(node, given.path(name))));
      }
    }
    return parameters;
  }
}
