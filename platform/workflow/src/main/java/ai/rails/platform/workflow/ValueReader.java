package ai.rails.platform.workflow;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

import ai.rails.domain.workflow.Value;

/// Reads how a value is built: a scalar or list is what it is; `from`, `cel` and `text` alone in a
/// mapping are a pointer, an expression and a template; `value` keeps a mapping as it is.
final class ValueReader {
  private static final Set<String> WAYS = Set.of("from", "cel", "text", "value");
  private static final int MAX_TEXT = 16 << 10;

  private final Problems problems;

  ValueReader(Problems problems) {
    this.problems = problems;
  }

  Value read(Node node, String path) {
    problems.place(path, node);
    return switch (node) {
      case ScalarNode scalar -> new Value.Constant(scalar(scalar, path));
      case SequenceNode sequence -> items(sequence, path);
      case MappingNode _ -> mapping(Fields.open(node, path, problems, "a mapping"));
      default -> throw new IllegalStateException("YAML has no other nodes");
    };
  }

  private Value items(SequenceNode sequence, String path) {
    List<Value> items = new ArrayList<>();
    for (Node item : sequence.getValue()) {
      items.add(read(item, path + "[" + items.size() + "]"));
    }
    return new Value.Items(items);
  }

  private Value mapping(Fields fields) {
    if (fields.keys().size() == 1) {
      String way = fields.keys().iterator().next();
      if (WAYS.contains(way)) {
        return built(fields, way);
      }
    }
    Map<String, Value> members = new LinkedHashMap<>();
    for (String key : fields.keys()) {
      fields.get(key).ifPresent(value -> members.put(key, read(value, fields.path(key))));
    }
    return new Value.Members(members);
  }

  private Value built(Fields fields, String way) {
    return switch (way) {
      case "from" ->
          new Value.Pointer(
              fields.requireText("from", Forms.POINTER, Forms.POINTER_HINT).orElse(""));
      case "cel" ->
          new Value.Expression(
              fields.requireText("cel", Forms.EXPRESSION, Forms.EXPRESSION_HINT).orElse("true"));
      case "text" ->
          new Value.Template(text(fields.get("text").orElseThrow(), fields.path("text")));
      default -> constant(fields.get("value").orElseThrow(), fields.path("value"));
    };
  }

  private String text(Node node, String path) {
    if (node instanceof ScalarNode scalar && scalar.getValue().length() <= MAX_TEXT) {
      return scalar.getValue();
    }
    problems.at(node, "`%s` is no template".formatted(path), "text of at most 16 KiB");
    return "";
  }

  private Value constant(Node node, String path) {
    return switch (node) {
      case ScalarNode scalar -> new Value.Constant(scalar(scalar, path));
      case SequenceNode sequence ->
          new Value.Items(sequence.getValue().stream().map(item -> constant(item, path)).toList());
      case MappingNode _ -> {
        Fields fields = Fields.open(node, path, problems, "a mapping");
        Map<String, Value> members = new HashMap<>();
        for (String key : fields.keys()) {
          fields.get(key).ifPresent(value -> members.put(key, constant(value, fields.path(key))));
        }
        yield new Value.Members(members);
      }
      default -> throw new IllegalStateException("YAML has no other nodes");
    };
  }

  /// A plain JSON value, for settings.
  Object json(Node node, String path) {
    return switch (constant(node, path)) {
      case Value.Constant constant -> constant.scalar();
      case Value.Items items -> items.items().stream().map(ValueReader::plain).toList();
      case Value.Members members -> plain(members);
      default -> throw new IllegalStateException("a constant is built of constants");
    };
  }

  private static Object plain(Value value) {
    return switch (value) {
      case Value.Constant constant -> constant.scalar();
      case Value.Items items -> items.items().stream().map(ValueReader::plain).toList();
      case Value.Members members -> {
        Map<String, Object> map = new HashMap<>();
        members.members().forEach((name, member) -> map.put(name, plain(member)));
        yield Map.copyOf(map);
      }
      default -> throw new IllegalStateException("a constant is built of constants");
    };
  }

  private Object scalar(ScalarNode node, String path) {
    String text = node.getValue();
    Tag tag = node.getTag();
    if (tag.equals(Tag.BOOL)) {
      return Boolean.valueOf(text);
    }
    if (tag.equals(Tag.INT) && text.matches("-?[0-9]{1,15}")) {
      return Long.valueOf(text);
    }
    if (tag.equals(Tag.FLOAT) && text.matches("-?[0-9]{1,15}\\.[0-9]{1,15}")) {
      return number(Double.parseDouble(text));
    }
    if (!tag.equals(Tag.STR) || text.length() > MAX_TEXT) {
      problems.at(node, "`%s` is no plain value".formatted(path), "text, a number, true or false");
    }
    return text;
  }

  // Canonical JSON spells 1.0 as 1, and an artifact must read back as what was compiled.
  private static Object number(double value) {
    long whole = (long) value;
    return whole == value ? (Object) whole : (Object) value;
  }
}
