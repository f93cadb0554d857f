package ai.rails.platform.workflow;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.snakeyaml.engine.v2.nodes.Node;

import ai.rails.domain.workflow.Step.Call;
import ai.rails.domain.workflow.Value;

/// Reads a call: `use: alias.action`, `with`, `reveal`.
final class CallReader {
  static final Set<String> KEYS = Set.of("use", "with", "reveal");

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
              fields.texts("reveal", Forms.NAME, "parameter names"));
        });
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
