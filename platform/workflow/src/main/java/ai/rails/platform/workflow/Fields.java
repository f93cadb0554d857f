package ai.rails.platform.workflow;

import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/// A mapping read strictly: doubled and unknown keys are reported, and each value when it has not
/// the form that is asked for. One thread owns it.
final class Fields {
  private final String path;
  private final Node node;
  private final Map<String, Node> values;
  private final Problems problems;

  private Fields(String path, Node node, Map<String, Node> values, Problems problems) {
    this.path = path;
    this.node = node;
    this.values = values;
    this.problems = problems;
  }

  /// Reads a mapping with free keys.
  static Fields open(Node node, String path, Problems problems, String expected) {
    problems.place(path, node);
    Map<String, Node> values = new LinkedHashMap<>();
    if (node instanceof MappingNode mapping) {
      for (NodeTuple tuple : mapping.getValue()) {
        read(tuple, path, values, problems);
      }
    } else {
      problems.at(node, "`%s` is no mapping".formatted(path), expected);
    }
    return new Fields(path, node, values, problems);
  }

  /// Reads a mapping with known keys only.
  static Fields closed(Node node, String path, Problems problems, Set<String> known) {
    Fields fields = open(node, path, problems, "a mapping of " + String.join(", ", known));
    for (String key : List.copyOf(fields.values.keySet())) {
      if (!known.contains(key)) {
        problems.at(
            fields.path(key),
            "unknown key `%s` in `%s`".formatted(key, path),
            Names.expected(key, known));
      }
    }
    return fields;
  }

  private static void read(
      NodeTuple tuple, String path, Map<String, Node> values, Problems problems) {
    if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
      problems.at(tuple.getKeyNode(), "a key of `%s` is no text".formatted(path), "text");
      return;
    }
    if (values.containsKey(key.getValue())) {
      problems.at(key, "doubled key `%s` in `%s`".formatted(key.getValue(), path), "each key once");
      return;
    }
    values.put(key.getValue(), tuple.getValueNode());
    problems.place(path + "." + key.getValue(), tuple.getKeyNode());
  }

  String path() {
    return path;
  }

  String path(String key) {
    return path + "." + key;
  }

  Set<String> keys() {
    return values.keySet();
  }

  boolean has(String key) {
    return values.containsKey(key);
  }

  Optional<Node> get(String key) {
    return Optional.ofNullable(values.get(key));
  }

  Optional<Node> require(String key, String expected) {
    Optional<Node> value = get(key);
    if (value.isEmpty()) {
      problems.at(node, "`%s` has no `%s`".formatted(path, key), expected);
    }
    return value;
  }

  Optional<String> requireText(String key, Pattern form, String expected) {
    return require(key, "`%s`, %s".formatted(key, expected))
        .flatMap(value -> text(value, path(key), form, expected, problems));
  }

  Optional<String> text(String key, Pattern form, String expected) {
    return get(key).flatMap(value -> text(value, path(key), form, expected, problems));
  }

  static Optional<String> text(
      Node node, String path, Pattern form, String expected, Problems problems) {
    if (node instanceof ScalarNode scalar
        && scalar.getTag().equals(Tag.STR)
        && form.matcher(scalar.getValue()).matches()) {
      return Optional.of(scalar.getValue());
    }
    String found =
        node instanceof ScalarNode scalar ? "`%s`".formatted(shortened(scalar.getValue())) : "this";
    problems.at(node, "%s is not right for `%s`".formatted(found, path), expected);
    return Optional.empty();
  }

  private static String shortened(String text) {
    return text.length() <= 40 ? text : text.substring(0, 40) + "...";
  }

  Optional<Duration> duration(String key, Duration min, Duration max) {
    String expected = "a duration from %s to %s, for example PT4H".formatted(min, max);
    return get(key).flatMap(value -> duration(value, key, min, max, expected));
  }

  private Optional<Duration> duration(
      Node value, String key, Duration min, Duration max, String expected) {
    try {
      if (value instanceof ScalarNode scalar) {
        Duration duration = Duration.parse(scalar.getValue());
        if (duration.compareTo(min) >= 0 && duration.compareTo(max) <= 0) {
          return Optional.of(duration);
        }
      }
    } catch (DateTimeException e) {
      // reported below, as every other wrong form is
    }
    problems.at(value, "`%s` is not right".formatted(path(key)), expected);
    return Optional.empty();
  }

  int integer(String key, int min, int max, int fallback) {
    Optional<Node> value = get(key);
    if (value.isEmpty()) {
      return fallback;
    }
    if (value.get() instanceof ScalarNode scalar
        && scalar.getTag().equals(Tag.INT)
        && scalar.getValue().matches("[0-9]{1,6}")) {
      int number = Integer.parseInt(scalar.getValue());
      if (number >= min && number <= max) {
        return number;
      }
    }
    problems.at(
        value.get(),
        "`%s` is not right".formatted(path(key)),
        "a whole number from %d to %d".formatted(min, max));
    return fallback;
  }

  List<Node> list(String key) {
    Optional<Node> value = get(key);
    if (value.isEmpty()) {
      return List.of();
    }
    problems.place(path(key), value.get());
    if (value.get() instanceof SequenceNode sequence) {
      return sequence.getValue();
    }
    problems.at(value.get(), "`%s` is no list".formatted(path(key)), "a list");
    return List.of();
  }

  List<String> texts(String key, Pattern form, String expected) {
    List<String> texts = new ArrayList<>();
    for (Node item : list(key)) {
      text(item, path(key), form, expected, problems).ifPresent(texts::add);
    }
    return texts;
  }
}
