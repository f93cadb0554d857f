package ai.rails.domain.workflow;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Follows what a model said through a workflow. What it wrote is data: each value that is built of
/// it carries a mark, and so does each value that is built of that one. Values are declared, so the
/// marks follow from the workflow alone; nobody has to be believed. Immutable.
///
/// It marks too much rather than too little: an output is marked as a whole, and an expression that
/// names `steps` in a way that is not understood counts as built of all of them.
public final class Taint {
  /// A parameter of the call is built of a model's output. `model_output.<parameter>` says which.
  public static final String MODEL_OUTPUT = "model_output";

  private static final int MARKS_MOST = 64;
  private static final Pattern TEMPLATE = Pattern.compile("\\{(/[^}]*)}");
  private static final Pattern STEPS = Pattern.compile("\\bsteps\\b");
  private static final Pattern NAMED =
      Pattern.compile(
          "\\bsteps\\s*(?:\\.\\s*([A-Za-z0-9_]+)|\\[\\s*[\"']([A-Za-z0-9_.-]+)[\"']\\s*])");

  private final Set<String> steps;
  private final Workflow workflow;

  private Taint(Workflow workflow) {
    this.workflow = workflow;
    Set<String> marked = new HashSet<>();
    for (Step step : workflow.steps()) {
      boolean built =
          step.call().filter(call -> touched(call, marked)).isPresent()
              || step.output().filter(value -> touched(value, marked)).isPresent();
      if (step.kind() == Step.Kind.AI || built) {
        marked.add(step.id());
      }
    }
    this.steps = Set.copyOf(marked);
  }

  public static Taint of(Workflow workflow) {
    return new Taint(workflow);
  }

  /// Whether a step's output is marked.
  public boolean marks(String step) {
    return steps.contains(step);
  }

  /// Whether a value is built of a marked output.
  public boolean marks(Value value) {
    return touched(value, steps);
  }

  /// The marks of the call that stands in a step, a gate's card or an undo; empty for a clean one.
  public List<String> of(String stepId) {
    Optional<Step.Call> call = call(stepId);
    if (call.isEmpty()) {
      return List.of();
    }
    Set<String> marks = new TreeSet<>();
    for (Step.Call choice : call.get().choices()) {
      choice
          .parameters()
          .forEach((name, value) -> {
            if (marks(value)) {
              marks.add(MODEL_OUTPUT);
              marks.add(MODEL_OUTPUT + "." + name);
            }
          });
    }
    return marks.stream().limit(MARKS_MOST).toList();
  }

  private Optional<Step.Call> call(String stepId) {
    if (stepId.endsWith(Step.CARD)) {
      return workflow.step(base(stepId, Step.CARD)).flatMap(Step::gate).flatMap(Step.Gate::card);
    }
    return stepId.endsWith(Step.UNDO)
        ? workflow.step(base(stepId, Step.UNDO)).flatMap(Step::compensate)
        : workflow.step(stepId).flatMap(Step::call);
  }

  private static String base(String stepId, String suffix) {
    return stepId.substring(0, stepId.length() - suffix.length());
  }

  private static boolean touched(Step.Call call, Set<String> marked) {
    return call.choices().stream()
        .flatMap(choice -> choice.parameters().values().stream())
        .anyMatch(value -> touched(value, marked));
  }

  private static boolean touched(Value value, Set<String> marked) {
    return switch (value) {
      case Value.Constant _ -> false;
      case Value.Pointer pointer -> pointed(pointer.pointer(), marked);
      case Value.Template template ->
          TEMPLATE
              .matcher(template.text())
              .results()
              .anyMatch(part -> pointed(part.group(1), marked));
      case Value.Expression expression -> named(expression.cel(), marked);
      case Value.Items items -> items.items().stream().anyMatch(item -> touched(item, marked));
      case Value.Members members ->
          members.members().values().stream().anyMatch(member -> touched(member, marked));
    };
  }

  /// A pointer to all steps, or to everything, is built of each of them.
  private static boolean pointed(String pointer, Set<String> marked) {
    String[] parts = pointer.split("/", -1);
    if (parts.length < 2) {
      return !marked.isEmpty();
    }
    if (!parts[1].equals("steps")) {
      return false;
    }
    return parts.length == 2
        ? !marked.isEmpty()
        : marked.contains(parts[2].replace("~1", "/").replace("~0", "~"));
  }

  private static boolean named(String cel, Set<String> marked) {
    Set<String> named = new HashSet<>();
    Matcher each = NAMED.matcher(cel);
    long understood = 0;
    while (each.find()) {
      understood++;
      named.add(each.group(1) == null ? each.group(2) : each.group(1));
    }
    return STEPS.matcher(cel).results().count() > understood
        ? !marked.isEmpty()
        : named.stream().anyMatch(marked::contains);
  }
}
