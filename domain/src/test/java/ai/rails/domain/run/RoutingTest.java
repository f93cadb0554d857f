package ai.rails.domain.run;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Test;

import ai.rails.domain.EntryType;
import ai.rails.domain.SealedRef;
import ai.rails.domain.budget.Money;
import ai.rails.domain.policy.Decision;
import ai.rails.domain.policy.Decision.Effect;
import ai.rails.domain.policy.Decision.Obligation;
import ai.rails.domain.run.RunCommand.FrozenCall;
import ai.rails.domain.run.RunEvent.IdempotencyClass;
import ai.rails.domain.run.RunEvent.StepFailed;
import ai.rails.domain.workflow.Step;
import ai.rails.domain.workflow.Workflow;
import ai.rails.domain.workflow.Workflow.ConnectorPin;
import ai.rails.domain.workflow.Workflow.RunLimits;

import static ai.rails.domain.run.Story.tool;
import static org.assertj.core.api.Assertions.assertThat;

/// A route is leave only for what is pinned anyway.
class RoutingTest {
  private static final String DIGEST = "sha256:" + "d".repeat(64);
  private static final Map<String, String> PINNED =
      Map.of("provider", "openai", "model", "gpt-4.1-2025-04-14");

  @Test
  void routeToThePinnedModelLeaves() {
    assertThat(Routing.isPinned(workflow(), call("openai"), route(PINNED))).isTrue();
  }

  @Test
  void anyOtherRouteDoesNot() {
    for (Map<String, String> elsewhere :
        List.of(
            Map.of("provider", "anthropic", "model", "gpt-4.1-2025-04-14"),
            Map.of("provider", "openai", "model", "gpt-5-2026-01-01"),
            Map.of("provider", "openai"),
            Map.of("model", "gpt-4.1-2025-04-14"),
            Map.of("provider", "openai", "model", "gpt-4.1-2025-04-14", "region", "eu"),
            Map.<String, String>of())) {
      assertThat(Routing.isPinned(workflow(), call("openai"), route(elsewhere))).isFalse();
    }
    assertThat(Routing.isPinned(workflow(), call("servicenow"), route(PINNED))).isFalse();
    assertThat(Routing.isPinned(workflow(), call("openai"), routes(List.of()))).isFalse();
  }

  @Test
  void callThatIsRoutedElsewhereEndsItsStepAndNothingLeaves() {
    Story story = new Story(tool("classify")).started();

    story.when(
        story.intend("classify", IdempotencyClass.M, route(Map.of("provider", "x", "model", "y"))));

    assertThat(story.told)
        .extracting(event -> event.entryType())
        .doesNotContain(EntryType.TOOL_ACTION_INTENDED);
    assertThat(story.told)
        .filteredOn(StepFailed.class::isInstance)
        .extracting(event -> ((StepFailed) event).code())
        .containsExactly(Reasons.ROUTE_UNAVAILABLE);
  }

  private static Workflow workflow() {
    Step step = tool("classify");
    return new Workflow(
        "w",
        "1.0.0",
        "W",
        "dana",
        Map.of(),
        List.of(),
        Map.of(
            "model",
            new ConnectorPin("openai", "1.0.0", DIGEST, "i1", Optional.of("gpt-4.1-2025-04-14")),
            "snow",
            new ConnectorPin("servicenow", "1.0.0", DIGEST, "i1", Optional.empty())),
        List.of(step),
        new RunLimits(Duration.ofHours(1), Money.zero("USD")),
        Map.of());
  }

  private static FrozenCall call(String connector) {
    return new FrozenCall(
        "c1",
        "classify",
        0,
        connector,
        "complete",
        DIGEST,
        "i1",
        "x.example",
        443,
        DIGEST,
        IdempotencyClass.M,
        1,
        Map.of(),
        new SealedRef("classify/call/1", "e".repeat(64), 1));
  }

  private static Decision route(Map<String, String> to) {
    return routes(List.of(new Obligation(Obligation.Type.ROUTE_TO, to)));
  }

  private static Decision routes(List<Obligation> obligations) {
    return new Decision(
        "d1",
        "airails/tool_action/guarded",
        Effect.ROUTE,
        List.of("routing.first_allowed"),
        obligations,
        "{}",
        "a".repeat(64),
        Map.of(),
        Map.of(),
        Optional.empty(),
        Optional.empty());
  }
}
