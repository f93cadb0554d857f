package ai.rails.domain.workflow;

import java.util.List;
import java.util.Map;

/// How a value is built from inputs, outputs and constants. Evaluated in the worker only.
///
/// Roots of pointers and expressions: `inputs`, `steps.<id>` (its output), `settings` (the
/// workflow's), `instances.<alias>` (the connector instance's settings), `run` (`id`, `workflow`,
/// `version`).
public sealed interface Value {
  /// A JSON scalar: string, long, double or boolean.
  record Constant(Object scalar) implements Value {}

  /// A JSON Pointer (RFC 6901), for example `/steps/fetch/short_description`.
  record Pointer(String pointer) implements Value {}

  /// A CEL expression.
  record Expression(String cel) implements Value {}

  /// Text whose `{/pointer}` parts are replaced by values.
  record Template(String text) implements Value {}

  /// A JSON object.
  record Members(Map<String, Value> members) implements Value {
    public Members {
      members = Map.copyOf(members);
    }
  }

  /// A JSON array.
  record Items(List<Value> items) implements Value {
    public Items {
      items = List.copyOf(items);
    }
  }
}
