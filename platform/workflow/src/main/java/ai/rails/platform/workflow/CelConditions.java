package ai.rails.platform.workflow;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

import dev.cel.bundle.Cel;
import dev.cel.bundle.CelBuilder;
import dev.cel.bundle.CelFactory;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.common.types.CelType;
import dev.cel.common.types.MapType;
import dev.cel.common.types.SimpleType;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;

import ai.rails.domain.workflow.Conditions;
import ai.rails.domain.workflow.Workflow.Field;

/// Evaluates `when` over disclosed fields, which are text in the control plane.
///
/// The compiler puts the conversions into the expression (`double(steps.classify.confidence) <
/// 0.9`), so that it means the same wherever it is evaluated. There are no loops, and so the cost
/// is bounded by the length. A condition that has no value, because a step was left out, does not
/// hold. Safe for use by several threads.
public final class CelConditions implements Conditions {
  private static final int MAX_PROGRAMS = 10_000;
  private static final CelOptions OPTIONS =
      CelOptions.current()
          .maxExpressionCodePointSize(8_192)
          .maxParseRecursionDepth(64)
          .enableComprehension(false)
          .enableHeterogeneousNumericComparisons(true)
          .build();

  private static final Cel RUNTIME = runtime();

  private final ConcurrentMap<String, CelRuntime.Program> programs = new ConcurrentHashMap<>();

  private static Cel runtime() {
    MapType fields = MapType.create(SimpleType.STRING, SimpleType.STRING);
    return builder()
        .addVar("inputs", fields)
        .addVar("steps", MapType.create(SimpleType.STRING, fields))
        .build();
  }

  private static CelBuilder builder() {
    return CelFactory.plannerCelBuilder()
        .setOptions(OPTIONS)
        .setStandardMacros(List.of())
        .setResultType(SimpleType.BOOL);
  }

  @Override
  public boolean holds(
      String cel, Map<String, String> inputs, Map<String, Map<String, String>> steps) {
    try {
      Map<String, Object> roots = Map.of("inputs", inputs, "steps", steps);
      return program(cel).eval(roots) instanceof Boolean holds && holds;
    } catch (CelEvaluationException e) {
      return false;
    }
  }

  private CelRuntime.Program program(String cel) {
    if (programs.size() > MAX_PROGRAMS) {
      programs.clear();
    }
    return programs.computeIfAbsent(cel, CelConditions::compile);
  }

  private static CelRuntime.Program compile(String cel) {
    try {
      return RUNTIME.createProgram(RUNTIME.compile(cel).getAst());
    } catch (CelValidationException | CelEvaluationException e) {
      throw new IllegalStateException(
          "an artifact holds a condition that does not compile: " + cel, e);
    }
  }

  /// Checks a condition against the declared fields.
  ///
  /// @param fields name, such as `inputs.operation` or `steps.classify.category`, to field
  static Checked check(String cel, Map<String, Field> fields) {
    CelBuilder builder = builder();
    fields.forEach((name, field) -> builder.addVar(name, type(field)));
    CelValidationResult result = builder.build().compile(cel);
    if (!result.hasError()) {
      String converted = converted(cel, fields);
      return RUNTIME.compile(converted).hasError()
          ? new Checked(
              Optional.empty(),
              Optional.of("the condition must name its fields in full, without spaces or brackets"))
          : new Checked(Optional.of(converted), Optional.empty());
    }
    return new Checked(
        Optional.empty(),
        Optional.of(
            hidden(cel, fields)
                .orElseGet(() ->
                    "the condition is wrong: " + result.getErrors().getFirst().getMessage())));
  }

  private static Optional<String> hidden(String cel, Map<String, Field> fields) {
    TreeSet<String> names = new TreeSet<>();
    CelText.replaceNames(
        cel,
        name -> {
          boolean rooted = name.startsWith("inputs.") || name.startsWith("steps.");
          if (rooted && fields.keySet().stream().noneMatch(f -> (name + ".").startsWith(f + "."))) {
            names.add(name);
          }
          return name;
        });
    return names.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "`%s` is content or not declared, and `when` runs in the control plane"
                .formatted(names.getFirst()));
  }

  private static CelType type(Field field) {
    return switch (field.type()) {
      case ID, ENUM, CONTENT -> SimpleType.STRING;
      case INTEGER -> SimpleType.INT;
      case NUMBER -> SimpleType.DOUBLE;
      case BOOLEAN -> SimpleType.BOOL;
      case TIME -> SimpleType.TIMESTAMP;
    };
  }

  private static String converted(String cel, Map<String, Field> fields) {
    Map<String, String> conversions = new HashMap<>();
    new TreeMap<>(fields)
        .forEach((name, field) ->
            conversions.put(
                name,
                switch (field.type()) {
                  case ID, ENUM, CONTENT -> name;
                  case INTEGER -> "int(%s)".formatted(name);
                  case NUMBER -> "double(%s)".formatted(name);
                  case BOOLEAN -> "(%s == 'true')".formatted(name);
                  case TIME -> "timestamp(%s)".formatted(name);
                }));
    return CelText.replaceNames(cel, name -> convert(name, conversions));
  }

  // A method of a field, such as inputs.number.startsWith, belongs to the name in the text.
  private static String convert(String name, Map<String, String> conversions) {
    String head = name;
    while (!conversions.containsKey(head)) {
      int dot = head.lastIndexOf('.');
      if (dot < 0) {
        return name;
      }
      head = head.substring(0, dot);
    }
    return conversions.get(head) + name.substring(head.length());
  }

  /// A checked condition, or why it is none.
  record Checked(Optional<String> condition, Optional<String> problem) {}
}
