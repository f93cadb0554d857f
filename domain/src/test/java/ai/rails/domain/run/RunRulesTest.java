package ai.rails.domain.run;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import ai.rails.domain.EntryType;
import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.domain.policy.Decision.Effect;
import ai.rails.domain.run.Run.Status;
import ai.rails.domain.run.Run.StepStatus;
import ai.rails.domain.run.RunCommand.CancelRun;
import ai.rails.domain.run.RunCommand.DecideGate;
import ai.rails.domain.run.RunCommand.ExpireGate;
import ai.rails.domain.run.RunCommand.ExpireLease;
import ai.rails.domain.run.RunCommand.ExpireStep;
import ai.rails.domain.run.RunCommand.ResolveCall;
import ai.rails.domain.run.RunCommand.RetryRun;
import ai.rails.domain.run.RunEvent.IdempotencyClass;
import ai.rails.domain.run.RunEvent.Outcome;
import ai.rails.domain.run.RunEvent.Purpose;
import ai.rails.domain.run.RunEvent.StepFailed;
import ai.rails.domain.run.RunEvent.StepScheduled;
import ai.rails.domain.run.RunEvent.Verdict;

import static ai.rails.domain.run.Story.NOON;
import static ai.rails.domain.run.Story.decides;
import static ai.rails.domain.run.Story.decision;
import static ai.rails.domain.run.Story.gate;
import static ai.rails.domain.run.Story.tool;
import static ai.rails.domain.run.Story.unavailable;
import static ai.rails.domain.run.Story.undoable;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class RunRulesTest {
  @Test
  void aStartedRunSchedulesWhatNeedsNothing() {
    Story story = new Story(tool("fetch"), tool("write", "fetch"));

    List<RunEvent> events = story.when(Story.start());

    assertThat(events)
        .extracting(RunEvent::entryType)
        .containsExactly(EntryType.TRIGGER_RECEIVED, EntryType.STEP_SCHEDULED);
    assertThat(story.run.waiting())
        .extracting(Waiting::step, Waiting::reason)
        .containsExactly(org.assertj.core.groups.Tuple.tuple("fetch", Waiting.Reason.WORKER));
  }

  @Test
  void startingAgainChangesNothing() {
    assertThat(new Story(tool("fetch")).started().when(Story.start())).isEmpty();
  }

  @Test
  void theLastStepEndsTheRun() {
    Story story = new Story(tool("fetch"), tool("write", "fetch")).started();

    story.does("fetch").does("write");

    assertThat(story.run.status()).isEqualTo(Status.COMPLETED);
    assertThat(story.told.getLast().entryType()).isEqualTo(EntryType.WORKFLOW_COMPLETED);
  }

  @Test
  void noStepIsCompletedWithoutTheEffectOfItsCall() {
    Story story = new Story(tool("write")).started();

    assertRefused(story, story.complete("write"), Code.CALL_NOT_INTENDED);
  }

  @ParameterizedTest
  @EnumSource(names = {"DENY"})
  void whatPolicyDoesNotAllowEndsTheRun(Effect effect) {
    Story story = new Story(tool("write")).started();

    story.when(story.intend("write", IdempotencyClass.U, decision(effect)));

    assertThat(story.run.status()).isEqualTo(Status.FAILED);
    assertThat(story.told)
        .extracting(RunEvent::entryType)
        .doesNotContain(EntryType.TOOL_ACTION_INTENDED);
  }

  @Test
  void withoutADecisionTheRunWaitsAndUsesUpNoAttempt() {
    Story story = new Story(tool("write")).started();

    for (int i = 0; i < 9; i++) {
      story.when(story.intend("write", IdempotencyClass.U, unavailable()));
    }

    assertThat(story.run.waiting())
        .extracting(Waiting::reason)
        .containsExactly(Waiting.Reason.POLICY);
    assertThat(story.does("write").run.status()).isEqualTo(Status.COMPLETED);
  }

  @Test
  void aSecondDigestIsRefused() {
    Story story = new Story(tool("write")).started();
    story.when(story.intend("write", IdempotencyClass.U, decision(Effect.ALLOW)));

    assertRefused(
        story,
        story.intend("write", "f".repeat(64), IdempotencyClass.U, decision(Effect.ALLOW)),
        Code.CALL_ALREADY_FROZEN);
  }

  @Test
  void definiteFailuresAreRetriedWithBackoffAndThenWaitForAnOperator() {
    Story story = new Story(tool("write")).started();
    story.when(story.intend("write", IdempotencyClass.U, decision(Effect.ALLOW)));
    List<RunEvent> first = story.when(story.outcome("write", Outcome.DEFINITE_FAILURE, true));
    story.when(story.intend("write", IdempotencyClass.U, decision(Effect.ALLOW)));

    story.when(story.outcome("write", Outcome.DEFINITE_FAILURE, true));

    assertThat(first)
        .filteredOn(StepScheduled.class::isInstance)
        .extracting(e -> ((StepScheduled) e).notBefore())
        .containsExactly(Optional.of(NOON.plus(Duration.ofSeconds(10))));
    assertThat(story.step("write").status()).isEqualTo(StepStatus.DEAD);
    assertThat(story.run.waiting().getFirst().reason()).isEqualTo(Waiting.Reason.DEAD_LETTER);
    story.when(new RetryRun("t1", "r1", Optional.empty(), "operator"));
    assertThat(story.does("write").run.status()).isEqualTo(Status.COMPLETED);
  }

  @Test
  void aSilentWorkersCallOfClassNWaitsForAPerson() {
    Story story = new Story(tool("write")).started();
    story.when(story.intend("write", IdempotencyClass.N, decision(Effect.ALLOW)));

    story.when(new ExpireLease("t1", "r1", "write", 1, 1));

    assertThat(story.step("write").status()).isEqualTo(StepStatus.AMBIGUOUS);
    assertRefused(
        story, new RetryRun("t1", "r1", Optional.of("write"), "operator"), Code.NEEDS_RUN_AGAIN);
    story.when(
        new ResolveCall(
            "t1", "r1", CallId.of("t1", "r1", "write", 0, 1), Resolution.RUN_AGAIN, "operator"));
    assertThat(story.step("write").attemptGroup()).isEqualTo(2);
    assertThat(story.does("write").run.status()).isEqualTo(Status.COMPLETED);
  }

  @Test
  void aSilentWorkersCallOfClassUIsRecovered() {
    Story story = new Story(tool("write")).started();
    story.when(story.intend("write", IdempotencyClass.U, decision(Effect.ALLOW)));

    story.when(new ExpireLease("t1", "r1", "write", 1, 1));

    assertThat(story.step("write").purpose()).isEqualTo(Purpose.RECOVER);
    assertThat(story.does("write").run.status()).isEqualTo(Status.COMPLETED);
  }

  @Test
  void anAttemptBeyondItsTimeoutFailsAndIsRetriedByTheRetryRule() {
    Story story = new Story(tool("write")).started();

    story.when(new ExpireStep("t1", "r1", "write", 1, 1));

    assertThat(((StepFailed) last(story, EntryType.STEP_FAILED)).code())
        .isEqualTo(Reasons.STEP_TIMEOUT);
    assertThat(story.step("write").attempt()).isEqualTo(2);
    story.when(new ExpireStep("t1", "r1", "write", 1, 1));
    assertThat(story.step("write").attempt()).as("a late clock changes nothing").isEqualTo(2);
    story.when(new ExpireStep("t1", "r1", "write", 2, 1));
    assertThat(story.step("write").status()).isEqualTo(StepStatus.DEAD);
  }

  @Test
  void aCallThatIsUnderWayAtTheTimeoutIsAmbiguous() {
    Story story = new Story(tool("write")).started();
    story.when(story.intend("write", IdempotencyClass.N, decision(Effect.ALLOW)));

    story.when(new ExpireStep("t1", "r1", "write", 1, 1));

    assertThat(story.step("write").status()).isEqualTo(StepStatus.AMBIGUOUS);
    assertThat(story.step("write").reason()).isEqualTo(Reasons.STEP_TIMEOUT);
  }

  @Test
  void aModelIsAskedAgainOnceAndBothAreCharged() {
    Story story = new Story(tool("classify")).started();
    story.when(story.intend("classify", IdempotencyClass.M, decision(Effect.ALLOW)));
    story.when(new ExpireLease("t1", "r1", "classify", 1, 1));
    story.when(story.intend("classify", IdempotencyClass.M, decision(Effect.ALLOW)));

    story.when(new ExpireLease("t1", "r1", "classify", 2, 2));

    assertThat(story.run.status()).isEqualTo(Status.FAILED);
    assertThat(story.run.committed("USD").nanos()).isEqualTo(800_000_000);
  }

  @Test
  void spendingStopsAtTheRunsCap() {
    Story story = new Story(tool("a"), tool("b", "a"), tool("c", "b")).started();
    for (String step : List.of("a", "b")) {
      story.when(story.intend(step, IdempotencyClass.M, decision(Effect.ALLOW)));
      story.when(new ExpireLease("t1", "r1", step, 1, 1));
      story.when(story.intend(step, IdempotencyClass.M, decision(Effect.ALLOW)));
      if (story.run.status().ended()) {
        break;
      }
      story.when(story.outcome(step, Outcome.SUCCESS, false));
      story.when(story.complete(step));
    }

    assertThat(story.run.status()).isEqualTo(Status.FAILED);
    assertThat(story.run.committed("USD").nanos()).isLessThanOrEqualTo(1_000_000_000);
    assertThat(((StepFailed) last(story, EntryType.STEP_FAILED)).code())
        .isEqualTo(Reasons.RUN_COST_CAP);
  }

  @Test
  void anApprovedGateLetsTheFrozenCallThrough() {
    Story story = atGate(1);

    story.when(decides("approve", Verdict.APPROVE, "omar"));

    assertThat(story.step("write").status()).isEqualTo(StepStatus.SCHEDULED);
    assertThat(story.run.approvals(Story.DIGEST)).hasSize(1);
    assertThat(story.does("write").run.status()).isEqualTo(Status.COMPLETED);
  }

  @Test
  void aGateShowsItsCard() {
    assertThat(atGate(1).step("approve.card").purpose()).isEqualTo(Purpose.CARD);
  }

  @Test
  void aCardThatCanNotBeShownEndsNothing() {
    Story story = atGate(1);

    story.when(story.intend("approve.card", IdempotencyClass.Q, decision(Effect.DENY)));

    assertThat(story.run.status()).isEqualTo(Status.RUNNING);
    story.when(decides("approve", Verdict.DENY, "omar"));
    assertThat(story.run.status()).isEqualTo(Status.CANCELLED);
  }

  @Test
  void aQuorumTakesDifferentPeople() {
    Story story = atGate(2);
    story.when(decides("approve", Verdict.APPROVE, "omar"));

    assertRefused(story, decides("approve", Verdict.APPROVE, "omar"), Code.ALREADY_VOTED);
    story.when(decides("approve", Verdict.APPROVE, "dana"));
    assertThat(story.step("write").status()).isEqualTo(StepStatus.SCHEDULED);
  }

  @Test
  void neitherRequesterNorAuthorNorAuditorDecides() {
    Story story = atGate(1);

    assertRefused(
        story, decides("approve", Verdict.APPROVE, "requester"), Code.REQUESTER_MAY_NOT_APPROVE);
    assertRefused(
        story, decides("approve", Verdict.APPROVE, "author"), Code.AUTHOR_MAY_NOT_APPROVE);
    assertRefused(
        story,
        new DecideGate(
            "t1",
            "r1",
            "approve",
            Verdict.APPROVE,
            "ada",
            List.of("approver", "auditor"),
            "API",
            Story.DIGEST,
            Optional.empty()),
        Code.NOT_AN_APPROVER);
  }

  @Test
  void approvalOfAnotherCallIsRefused() {
    DecideGate other =
        new DecideGate(
            "t1",
            "r1",
            "approve",
            Verdict.APPROVE,
            "omar",
            List.of("approver"),
            "API",
            "f".repeat(64),
            Optional.empty());

    assertRefused(atGate(1), other, Code.DIGEST_DIFFERS);
  }

  @Test
  void silenceMeansNo() {
    Story story = atGate(1);
    story.when(new ExpireGate("t1", "r1", "approve"));
    assertThat(story.run.status()).isEqualTo(Status.RUNNING);
    story.now = NOON.plus(Duration.ofHours(4));

    story.when(new ExpireGate("t1", "r1", "approve"));

    assertThat(story.run.status()).isEqualTo(Status.CANCELLED);
  }

  @Test
  void anApprovalIsWithdrawnUntilTheCallIsIntended() {
    Story story = atGate(1);
    story.when(decides("approve", Verdict.APPROVE, "omar"));

    story.when(decides("approve", Verdict.WITHDRAW, "omar"));

    assertThat(story.run.approvals(Story.DIGEST)).isEmpty();
    story.when(story.intend("write", IdempotencyClass.U, decision(Effect.REQUIRE_HITL)));
    assertThat(story.step("write").status()).isEqualTo(StepStatus.AT_GATE);
    story.when(decides("write", Verdict.APPROVE, "dana"));
    assertThat(story.step("write").status()).isEqualTo(StepStatus.SCHEDULED);
  }

  @Test
  void completedEffectsAreUndoneBeforeTheRunFails() {
    Story story = new Story(undoable("write"), tool("notify", "write")).started();
    story.does("write");
    story.when(story.intend("notify", IdempotencyClass.U, decision(Effect.DENY)));
    assertThat(story.step("write.undo").purpose()).isEqualTo(Purpose.UNDO);

    story.does("write.undo");

    assertThat(story.run.status()).isEqualTo(Status.FAILED);
    assertThat(story.told)
        .extracting(RunEvent::entryType)
        .endsWith(EntryType.ROLLBACK_APPLIED, EntryType.WORKFLOW_FAILED);
  }

  @Test
  void aRunIsCancelledOnlyWhileNothingIsOnItsWay() {
    Story story = new Story(tool("write")).started();
    story.when(story.intend("write", IdempotencyClass.U, decision(Effect.ALLOW)));
    CancelRun cancel = new CancelRun("t1", "r1", "operator", "not needed");

    assertRefused(story, cancel, Code.CALL_ALREADY_INTENDED);
    story.when(story.outcome("write", Outcome.SUCCESS, false));
    story.when(cancel);
    assertThat(story.run.status()).isEqualTo(Status.CANCELLED);
    assertRefused(story, cancel, Code.RUN_ENDED);
  }

  @Test
  void aRepeatedOutcomeChangesNothingAndAnotherIsRefused() {
    Story story = new Story(tool("write")).started();
    story.when(story.intend("write", IdempotencyClass.U, decision(Effect.ALLOW)));
    story.when(story.outcome("write", Outcome.SUCCESS, false));

    assertThat(story.when(story.outcome("write", Outcome.SUCCESS, false))).isEmpty();
    assertRefused(story, story.outcome("write", Outcome.AMBIGUOUS, false), Code.STALE_LEASE);
  }

  @Test
  void aDisclosedFieldThatWasNotDeclaredIsRefused() {
    Story story = new Story(tool("write")).started();
    story.when(story.intend("write", IdempotencyClass.U, decision(Effect.ALLOW)));
    story.when(story.outcome("write", Outcome.SUCCESS, false));

    assertRefused(
        story,
        new RunCommand.CompleteStep(
            "t1",
            "r1",
            "write",
            1,
            java.util.Map.of("short_description", "the printer"),
            Optional.empty()),
        Code.INVALID);
  }

  private static Story atGate(int quorum) {
    Story story =
        new Story(gate("approve", "write", quorum, true), tool("write", "approve")).started();
    story.when(story.propose("approve", "write", decision(Effect.REQUIRE_HITL)));
    return story;
  }

  private static RunEvent last(Story story, EntryType type) {
    return story.told.reversed().stream()
        .filter(e -> e.entryType() == type)
        .findFirst()
        .orElseThrow();
  }

  private static void assertRefused(Story story, RunCommand command, Code code) {
    assertThatThrownBy(() -> story.when(command))
        .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}
