package ai.rails.platform.workflow;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

import ai.rails.domain.workflow.Step.Disclosed;
import ai.rails.domain.workflow.Workflow.Field;

/// Reads typed fields: `number: id`, or `{type: enum, values: [...]}`.
final class FieldReader {
  private static final Field UNKNOWN = new Field(Field.Type.CONTENT, List.of());
  private static final String CLOSED = "id, enum, integer, number, boolean or time";
  private static final int MAX_VALUES = 500;

  private final Problems problems;

  FieldReader(Problems problems) {
    this.problems = problems;
  }

  /// Inputs: content is allowed and will be sealed.
  Map<String, Field> inputs(Fields parent, String key) {
    return fields(parent, key, true);
  }

  /// Fields that lie in the clear.
  Map<String, Field> closed(Fields parent, String key) {
    return fields(parent, key, false);
  }

  private Map<String, Field> fields(Fields parent, String key, boolean content) {
    Map<String, Field> read = new LinkedHashMap<>();
    parent
        .get(key)
        .map(node -> Fields.open(node, parent.path(key), problems, "names and types"))
        .ifPresent(fields -> {
          for (String name : named(fields)) {
            fields
                .get(name)
                .ifPresent(n -> read.put(name, field(n, fields.path(name), content, false)));
          }
        });
    return read;
  }

  /// What a step discloses; without `from` the member of the same name.
  Map<String, Disclosed> disclosed(Fields step) {
    Map<String, Disclosed> read = new LinkedHashMap<>();
    step.get("disclose")
        .map(node -> Fields.open(node, step.path("disclose"), problems, "names and types"))
        .ifPresent(fields -> {
          for (String name : named(fields)) {
            fields.get(name).ifPresent(n -> read.put(name, disclosed(n, name, fields.path(name))));
          }
        });
    return read;
  }

  private List<String> named(Fields fields) {
    for (String name : fields.keys()) {
      if (!Forms.NAME.matcher(name).matches()) {
        problems.at(fields.path(name), "`%s` is no field name".formatted(name), Forms.NAME_HINT);
      }
    }
    return List.copyOf(fields.keys());
  }

  private Disclosed disclosed(Node node, String name, String path) {
    Field field = field(node, path, false, true);
    String pointer = "/" + name;
    if (node instanceof ScalarNode) {
      return new Disclosed(field, pointer);
    }
    Fields fields = Fields.open(node, path, problems, "a mapping");
    return new Disclosed(
        field, fields.text("from", Forms.POINTER, Forms.POINTER_HINT).orElse(pointer));
  }

  private Field field(Node node, String path, boolean content, boolean from) {
    if (node instanceof ScalarNode scalar) {
      return type(scalar.getValue(), node, path, content)
          .filter(type -> requireValues(type, List.of(), path))
          .map(type -> new Field(type, List.of()))
          .orElse(UNKNOWN);
    }
    Set<String> known = from ? Set.of("type", "values", "from") : Set.of("type", "values");
    Fields fields = Fields.closed(node, path, problems, known);
    Optional<Field.Type> type =
        fields
            .requireText("type", Forms.NAME, CLOSED)
            .flatMap(text -> type(text, node, path, content));
    List<String> values = fields.texts("values", Forms.LABEL, Forms.LABEL_HINT);
    return type.filter(each -> requireValues(each, values, path))
        .map(each -> new Field(each, values))
        .orElse(UNKNOWN);
  }

  private Optional<Field.Type> type(String text, Node node, String path, boolean content) {
    for (Field.Type type : Field.Type.values()) {
      if (type.name().toLowerCase(Locale.ROOT).equals(text)
          && (content || type != Field.Type.CONTENT)) {
        return Optional.of(type);
      }
    }
    String expected =
        content ? CLOSED + ", or content" : CLOSED + ", for content is never disclosed";
    problems.at(node, "`%s` is no type for `%s`".formatted(text, path), expected);
    return Optional.empty();
  }

  private boolean requireValues(Field.Type type, List<String> values, String path) {
    boolean right = (type == Field.Type.ENUM) == !values.isEmpty() && values.size() <= MAX_VALUES;
    if (!right) {
      problems.at(
          path,
          "`%s` has %d values".formatted(path, values.size()),
          "1 to 500 values with type enum, and none with others");
    }
    return right;
  }
}
