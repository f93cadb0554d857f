package ai.rails.domain.run;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Test;

import ai.rails.domain.EntryType;
import ai.rails.domain.SealedRef;
import ai.rails.domain.policy.Decision;
import ai.rails.domain.policy.Decision.Effect;
import ai.rails.domain.policy.Decision.Obligation;
import ai.rails.domain.run.Routing.Way;
import ai.rails.domain.run.Run.StepStatus;
import ai.rails.domain.run.RunCommand.FrozenCall;
import ai.rails.domain.run.RunCommand.IntendCall;
import ai.rails.domain.run.RunEvent.IdempotencyClass;
import ai.rails.domain.run.RunEvent.Outcome;
import ai.rails.domain.run.RunEvent.StepFailed;
import ai.rails.domain.run.RunEvent.StepScheduled;

import static ai.rails.domain.run.Story.model;
import static org.assertj.core.api.Assertions.assertThat;

/// A call leaves for where it is routed and nowhere else.
class RoutingTest {
  private static final String MODEL = "m-2026-01-01";
  private static final ModelRoute HERE =
      new ModelRoute("servicenow", "snow-dev", MODEL, "us", true);
  private static final ModelRoute THERE = new ModelRoute("other", "other-1", MODEL, "eu", true);
  private static final List<ModelRoute> BOTH = List.of(HERE, THERE);

  @Test
  void aRouteLeadsHereElsewhereOrNowhere() {
    FrozenCall call = call("servicenow", Map.of("model", MODEL));

    assertThat(Routing.of(call, BOTH, route(List.of(to(HERE, 1), to(THERE, 2)))))
        .isEqualTo(Way.HERE);
    assertThat(Routing.of(call, BOTH, route(List.of(to(THERE, 1))))).isEqualTo(Way.ELSEWHERE);
    assertThat(
            Routing.of(
                call("servicenow", Map.of("model", "m2")), BOTH, route(List.of(to(HERE, 1)))))
        .as("another model of the same instance")
        .isEqualTo(Way.ELSEWHERE);
  }

  @Test
  void whatTheStepDoesNotHaveIsNowhere() {
    FrozenCall call = call("servicenow", Map.of());
    Map<String, String> here = to(HERE, 1);
    for (Decision odd :
        List.of(
            route(List.of()),
            route(List.of(Map.of())),
            route(List.of(with(here, "provider", "anthropic"))),
            route(List.of(with(here, "model", "m-2027-01-01"))),
            route(List.of(with(here, "region", "eu"))),
            route(List.of(with(here, "place", "2"))),
            route(List.of(with(here, "price", "1"))),
            route(List.of(here, to(THERE, 1))),
            new Decision(
                "d1",
                "airails/tool_action/guarded",
                Effect.ROUTE,
                List.of(),
                List.of(
                    new Obligation(Obligation.Type.ROUTE_TO, here),
                    new Obligation(Obligation.Type.STEP_UP, Map.of())),
                "{}",
                "a".repeat(64),
                Map.of(),
                Map.of(),
                Optional.empty(),
                Optional.empty()))) {
      assertThat(Routing.of(call, BOTH, odd))
          .as(odd.obligations().toString())
          .isEqualTo(Way.NOWHERE);
    }
    assertThat(Routing.of(call, List.of(), route(List.of(here)))).isEqualTo(Way.NOWHERE);
    assertThat(Routing.of(call, List.of(HERE, HERE), route(List.of(here)))).isEqualTo(Way.NOWHERE);
  }

  @Test
  void aCallThatIsRoutedHereLeaves() {
    Story story = new Story(model("classify")).started();

    story.when(intend(story, BOTH, route(List.of(to(HERE, 1)))));

    assertThat(story.told)
        .extracting(RunEvent::entryType)
        .contains(EntryType.POLICY_EVALUATED, EntryType.TOOL_ACTION_INTENDED);
  }

  @Test
  void aCallThatIsRoutedElsewhereDoesNotLeaveAndItsAttemptStaysOpen() {
    Story story = new Story(model("classify")).started();

    story.when(intend(story, BOTH, route(List.of(to(THERE, 1)))));

    assertThat(story.told)
        .extracting(RunEvent::entryType)
        .containsExactly(
            EntryType.TRIGGER_RECEIVED, EntryType.STEP_SCHEDULED, EntryType.POLICY_EVALUATED);
    assertThat(story.step("classify").status()).isEqualTo(StepStatus.SCHEDULED);
  }

  @Test
  void aRouteToNowhereEndsTheStep() {
    Story story = new Story(model("classify")).started();

    story.when(intend(story, BOTH, route(List.of(with(to(HERE, 1), "region", "mars")))));

    assertThat(story.told)
        .extracting(RunEvent::entryType)
        .doesNotContain(EntryType.TOOL_ACTION_INTENDED);
    assertThat(story.told)
        .filteredOn(StepFailed.class::isInstance)
        .extracting(event -> ((StepFailed) event).code())
        .containsExactly(Reasons.ROUTE_UNAVAILABLE);
  }

  @Test
  void afterAFailureAnotherCallIsFrozenSoThatAnotherModelMayAnswer() {
    Story story = new Story(model("classify")).started();
    story.when(intend(story, BOTH, route(List.of(to(HERE, 1)))));

    story.when(story.outcome("classify", Outcome.DEFINITE_FAILURE, true));

    assertThat(story.told)
        .filteredOn(StepScheduled.class::isInstance)
        .extracting(event -> ((StepScheduled) event).attemptGroup())
        .containsExactly(1, 2);
  }

  private static IntendCall intend(Story story, List<ModelRoute> routes, Decision decision) {
    IntendCall plain = story.intend("classify", IdempotencyClass.M, decision);
    return new IntendCall(
        plain.tenant(),
        plain.run(),
        plain.step(),
        plain.attempt(),
        plain.epoch(),
        plain.call(),
        plain.estimate(),
        plain.priceTable(),
        Optional.empty(),
        Optional.empty(),
        routes,
        Optional.empty(),
        plain.decision(),
        Optional.empty());
  }

  private static FrozenCall call(String connector, Map<String, String> parameters) {
    String digest = "sha256:" + "d".repeat(64);
    return new FrozenCall(
        "c1",
        "classify",
        0,
        connector,
        "complete",
        digest,
        "snow-dev",
        "x.example",
        443,
        digest,
        IdempotencyClass.M,
        1,
        parameters,
        new SealedRef("classify/call/1", "e".repeat(64), 1));
  }

  private static Map<String, String> to(ModelRoute route, int place) {
    return Map.of(
        "provider", route.connector(),
        "model", route.model(),
        "region", route.region(),
        "place", Integer.toString(place));
  }

  private static Map<String, String> with(Map<String, String> route, String name, String value) {
    Map<String, String> other = new HashMap<>(route);
    other.put(name, value);
    return other;
  }

  private static Decision route(List<Map<String, String>> routes) {
    return new Decision(
        "d1",
        "airails/tool_action/guarded",
        Effect.ROUTE,
        List.of("routing.first_allowed"),
        routes.stream().map(each -> new Obligation(Obligation.Type.ROUTE_TO, each)).toList(),
        "{}",
        "a".repeat(64),
        Map.of(),
        Map.of(),
        Optional.empty(),
        Optional.empty());
  }
}
