package ai.rails.platform.workflow;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

import ai.rails.domain.workflow.Value;

/// Checks how values are built and says of which type they are and what they are built of.
final class ValueCheck {
  private final Problems problems;
  private final WorkerExpressions expressions;

  ValueCheck(Problems problems, WorkerExpressions expressions) {
    this.problems = problems;
    this.expressions = expressions;
  }

  /// Reports what is wrong with a value; returns its type.
  JsonType check(Value value, Roots roots, String path) {
    return switch (value) {
      case Value.Constant constant -> constant(constant);
      case Value.Pointer pointer -> pointer(pointer.pointer(), roots, path);
      case Value.Expression expression -> expression(expression.cel(), roots, path);
      case Value.Template template -> template(template.text(), roots, path);
      case Value.Items items -> {
        int at = 0;
        for (Value item : items.items()) {
          check(item, roots, "%s[%d]".formatted(path, at++));
        }
        yield JsonType.of("array");
      }
      case Value.Members members -> {
        Map<String, JsonType> types = new LinkedHashMap<>();
        members
            .members()
            .forEach((name, member) -> types.put(name, check(member, roots, path + "." + name)));
        yield JsonType.object(types);
      }
    };
  }

  private static JsonType constant(Value.Constant constant) {
    return JsonType.of(
        switch (constant.scalar()) {
          case String _ -> "string";
          case Boolean _ -> "boolean";
          case Long _ -> "integer";
          default -> "number";
        });
  }

  private JsonType pointer(String pointer, Roots roots, String path) {
    if (pointer.isEmpty()) {
      return JsonType.ANY; // its form was reported when it was read
    }
    Optional<JsonType> found = roots.at(pointer);
    if (found.isEmpty()) {
      problems.at(path, "`%s` is not declared".formatted(pointer), roots.expected(pointer));
    }
    return found.orElse(JsonType.ANY);
  }

  JsonType expression(String cel, Roots roots, String path) {
    expressions
        .problem(cel, roots.names())
        .ifPresent(problem -> problems.at(path, problem, "an expression over " + names(roots)));
    return JsonType.ANY;
  }

  private static String names(Roots roots) {
    return String.join(", ", roots.names());
  }

  private JsonType template(String text, Roots roots, String path) {
    Template.pointers(text).forEach(pointer -> pointer(pointer, roots, path));
    return JsonType.of("string");
  }

  /// The pointers that a value is built of. Of an expression they are the dotted names in its text,
  /// so that `steps["fetch"]` counts as all of `steps`.
  static Set<String> sources(Value value) {
    Set<String> sources = new TreeSet<>();
    collect(value, sources);
    return sources;
  }

  private static void collect(Value value, Set<String> sources) {
    switch (value) {
      case Value.Constant _ -> {}
      case Value.Pointer pointer -> sources.add(pointer.pointer());
      case Value.Template template -> sources.addAll(Template.pointers(template.text()));
      case Value.Expression expression ->
          CelText.names(expression.cel()).stream()
              .filter(name -> name.matches("(inputs|steps)(\\..*)?"))
              .forEach(name -> sources.add("/" + name.replace('.', '/')));
      case Value.Items items -> items.items().forEach(item -> collect(item, sources));
      case Value.Members members ->
          members.members().values().forEach(member -> collect(member, sources));
    }
  }
}
