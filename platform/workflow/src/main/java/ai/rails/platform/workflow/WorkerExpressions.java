package ai.rails.platform.workflow;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.cel.bundle.Cel;
import dev.cel.bundle.CelFactory;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.CelValidationResult;
import dev.cel.common.types.SimpleType;
import dev.cel.extensions.CelExtensions;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;

import ai.rails.domain.workflow.Step.Rule;
import ai.rails.domain.workflow.Value;
import ai.rails.platform.json.CanonicalJson;

/// Builds values and checks rules over content, in the worker.
///
/// Pure and bounded: 4,096 characters and 1,000 nodes an expression, 10,000 turns of all loops
/// together, 1 MiB of result. Programs are compiled once. Safe for use by several threads.
public final class WorkerExpressions {
  /// Most a value may take, in characters of JSON.
  public static final int MAX_RESULT = 1 << 20;

  private static final List<String> ROOTS =
      List.of("inputs", "steps", "settings", "instances", "run", "gate", "revealed", "evidence");
  private static final CelOptions OPTIONS =
      CelOptions.current()
          .maxExpressionCodePointSize(4_096)
          .maxParseRecursionDepth(64)
          .comprehensionMaxIterations(10_000)
          .enableHeterogeneousNumericComparisons(true)
          .build();

  private final Cel cel;
  private final ConcurrentMap<String, CelRuntime.Program> programs = new ConcurrentHashMap<>();

  public WorkerExpressions() {
    var builder =
        CelFactory.plannerCelBuilder()
            .setOptions(OPTIONS)
            .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
            .addCompilerLibraries(CelExtensions.strings(), CelExtensions.lists())
            .addRuntimeLibraries(CelExtensions.strings(), CelExtensions.lists());
    ROOTS.forEach(root -> builder.addVar(root, SimpleType.DYN));
    this.cel = builder.build();
  }

  /// Builds a value.
  ///
  /// @param scope JSON object whose members are the roots
  /// @throws ExpressionFailed if a pointer leads nowhere or an expression has no value
  public JsonNode value(Value value, JsonNode scope) {
    JsonNode built = build(value, scope);
    if (built.toString().length() > MAX_RESULT) {
      throw new ExpressionFailed("a value is longer than 1 MiB");
    }
    return built;
  }

  /// Checks a rule.
  ///
  /// @throws ExpressionFailed if it has no value or is neither true nor false
  public boolean holds(String rule, JsonNode scope) {
    if (evaluate(rule, scope) instanceof Boolean holds) {
      return holds;
    }
    throw new ExpressionFailed("a rule is neither true nor false: " + rule);
  }

  /// The code of the first rule that does not hold; empty if all do.
  ///
  /// @throws ExpressionFailed as [#holds]
  public Optional<String> firstBroken(List<Rule> rules, JsonNode scope) {
    return rules.stream().filter(rule -> !holds(rule.cel(), scope)).map(Rule::code).findFirst();
  }

  /// What is wrong with an expression that may use these roots; empty if nothing is.
  Optional<String> problem(String expression, Set<String> roots) {
    CelValidationResult result = cel.compile(expression);
    if (result.hasError()) {
      return Optional.of("the expression is wrong: " + result.getErrors().getFirst().getMessage());
    }
    return ROOTS.stream()
        .filter(root -> !roots.contains(root))
        .filter(root -> CelText.mentions(expression, root))
        .findFirst()
        .map("the expression uses `%s`, which is not known here"::formatted);
  }

  private JsonNode build(Value value, JsonNode scope) {
    JsonNodeFactory json = JsonNodeFactory.instance;
    return switch (value) {
      case Value.Constant constant -> JsonValues.toJson(constant.scalar());
      case Value.Pointer pointer -> at(pointer.pointer(), scope);
      case Value.Expression expression -> json(expression.cel(), scope);
      case Value.Template template ->
          json.textNode(Template.fill(template.text(), pointer -> text(pointer, scope)));
      case Value.Items items -> {
        ArrayNode array = json.arrayNode();
        items.items().forEach(item -> array.add(build(item, scope)));
        yield array;
      }
      case Value.Members members -> {
        ObjectNode object = json.objectNode();
        members.members().forEach((name, member) -> object.set(name, build(member, scope)));
        yield object;
      }
    };
  }

  private static JsonNode at(String pointer, JsonNode scope) {
    JsonNode found = scope.at(JsonPointer.compile(pointer));
    if (found.isMissingNode()) {
      throw new ExpressionFailed("there is nothing at " + pointer);
    }
    return found;
  }

  private static String text(String pointer, JsonNode scope) {
    JsonNode value = at(pointer, scope);
    if (value.isNull()) {
      return "";
    }
    return value.isContainerNode() ? CanonicalJson.text(value) : value.asText();
  }

  private JsonNode json(String expression, JsonNode scope) {
    try {
      return JsonValues.toJson(evaluate(expression, scope));
    } catch (IllegalArgumentException e) {
      throw new ExpressionFailed("an expression gives no JSON: " + expression);
    }
  }

  // The cause is left out on purpose: CEL's messages may repeat content.
  private Object evaluate(String expression, JsonNode scope) {
    Map<String, Object> roots = new HashMap<>();
    ROOTS.forEach(root -> roots.put(root, JsonValues.members(scope.path(root))));
    try {
      return programs.computeIfAbsent(expression, this::program).eval(roots);
    } catch (CelEvaluationException | RuntimeException e) {
      if (e instanceof ExpressionFailed failed) {
        throw failed;
      }
      throw new ExpressionFailed("an expression has no value: " + expression);
    }
  }

  private CelRuntime.Program program(String expression) {
    try {
      CelAbstractSyntaxTree tree = cel.compile(expression).getAst();
      return cel.createProgram(tree);
    } catch (CelValidationException | CelEvaluationException e) {
      throw new ExpressionFailed("an expression does not compile: " + expression);
    }
  }
}
