package ai.rails.domain.workflow;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Test;

import ai.rails.domain.budget.Money;
import ai.rails.domain.workflow.Step.Kind;

import static org.assertj.core.api.Assertions.assertThat;

class TaintTest {
  private static final Value TICKET = new Value.Pointer("/steps/fetch/text");

  private static Step step(String id, Kind kind, Map<String, Value> with, Optional<Value> output) {
    return new Step(
        id,
        kind,
        List.of(),
        Optional.empty(),
        Map.of(),
        new Step.Retry(1, Duration.ofSeconds(1), Duration.ofSeconds(1)),
        Duration.ofMinutes(1),
        kind == Kind.TOOL || kind == Kind.AI
            ? Optional.of(new Step.Call("c", "a", with, List.of()))
            : Optional.empty(),
        Optional.empty(),
        List.of(),
        output,
        Optional.of(new Step.Call("c", "undo", with, List.of())));
  }

  private static Taint of(Step... more) {
    List<Step> steps = new java.util.ArrayList<>();
    steps.add(step("fetch", Kind.TOOL, Map.of(), Optional.empty()));
    steps.add(step("sort", Kind.AI, Map.of("text", TICKET), Optional.empty()));
    steps.addAll(List.of(more));
    return Taint.of(
        new Workflow(
            "w",
            "1.0.0",
            "",
            "author",
            Map.of(),
            List.of(),
            Map.of(),
            steps,
            new Workflow.RunLimits(Duration.ofHours(1), new Money("USD", 1)),
            Map.of(),
            Optional.empty(),
            Workflow.Workers.ANY));
  }

  private static Step tool(String id, Value value) {
    return step(id, Kind.TOOL, Map.of("note", value, "id", TICKET), Optional.empty());
  }

  @Test
  void whatAModelSaidIsMarkedByEachWayOfBuildingAValue() {
    for (Value built :
        List.of(
            new Value.Pointer("/steps/sort/summary"),
            new Value.Pointer("/steps/sort"),
            new Value.Pointer("/steps"),
            new Value.Pointer(""),
            new Value.Template("Sorted: {/steps/sort/summary}"),
            new Value.Expression("steps.sort.summary + '!'"),
            new Value.Expression("steps[\"sort\"].summary"),
            new Value.Expression("steps[inputs.which].summary"),
            new Value.Items(List.of(new Value.Pointer("/steps/sort/summary"))),
            new Value.Members(Map.of("m", new Value.Pointer("/steps/sort/summary"))))) {
      assertThat(of(tool("write", built)).of("write"))
          .as(built.toString())
          .containsExactly("model_output", "model_output.note");
    }
  }

  @Test
  void whatNoModelTouchedIsClean() {
    for (Value built :
        List.of(
            TICKET,
            new Value.Constant("/steps/sort/summary"),
            new Value.Template("About {/inputs/id} {/steps/fetch/text}"),
            new Value.Expression("steps.fetch.text + inputs.steps_"),
            new Value.Pointer("/settings/steps/sort"))) {
      assertThat(of(tool("write", built)).of("write")).as(built.toString()).isEmpty();
    }
    assertThat(of().of("sort")).isEmpty();
    assertThat(of().of("nowhere")).isEmpty();
  }

  /// Through a check, a tool that echoes what it was given, and an undo.
  @Test
  void marksGoOnThroughStepsThatAreBuiltOfMarkedOnes() {
    Step check =
        step(
            "check",
            Kind.GUARD,
            Map.of(),
            Optional.of(new Value.Expression("{'c': steps.sort.category}")));
    Step echo = tool("echo", new Value.Pointer("/steps/check/c"));
    Step last = tool("last", new Value.Pointer("/steps/echo/written"));
    Taint taint = of(check, echo, last);

    assertThat(taint.marks("fetch")).isFalse();
    assertThat(taint.marks("check")).isTrue();
    assertThat(taint.of("last")).contains("model_output.note").doesNotContain("model_output.id");
    assertThat(taint.of("last.undo")).contains("model_output.note");
  }
}
