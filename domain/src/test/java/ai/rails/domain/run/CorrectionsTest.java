package ai.rails.domain.run;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.domain.SealedRef;
import ai.rails.domain.gate.PasskeySignature;
import ai.rails.domain.gate.SoftPasskey;
import ai.rails.domain.policy.Decision;
import ai.rails.domain.policy.Decision.Effect;
import ai.rails.domain.run.Run.GateState;
import ai.rails.domain.run.Run.Status;
import ai.rails.domain.run.Run.StepStatus;
import ai.rails.domain.run.RunCommand.CorrectCall;
import ai.rails.domain.run.RunCommand.DecideGate;
import ai.rails.domain.run.RunCommand.FailStep;
import ai.rails.domain.run.RunCommand.FrozenCall;
import ai.rails.domain.run.RunCommand.ProposeCall;
import ai.rails.domain.run.RunEvent.CallCorrected;
import ai.rails.domain.run.RunEvent.HumanGateDecisioned;
import ai.rails.domain.run.RunEvent.IdempotencyClass;
import ai.rails.domain.run.RunEvent.Outcome;
import ai.rails.domain.run.RunEvent.Purpose;
import ai.rails.domain.run.RunEvent.ToolActionIntended;
import ai.rails.domain.run.RunEvent.Verdict;

import static ai.rails.domain.run.Story.DIGEST;
import static ai.rails.domain.run.Story.decision;
import static ai.rails.domain.run.Story.demands;
import static ai.rails.domain.run.Story.gate;
import static ai.rails.domain.run.Story.tool;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// A corrected call is another call: who made it, who may approve it, and what becomes of the
/// first.
class CorrectionsTest {
  private static final String MADE = "sha256:" + "b".repeat(64);
  private static final SealedRef SEALED =
      new SealedRef("approve/correction/1", "e".repeat(64), 200);

  private static Story atGate(int quorum) {
    Story story =
        new Story(
                tool("fetch"),
                gate("approve", "write", quorum, false, "fetch"),
                tool("write", "approve"))
            .started()
            .does("fetch");
    story.when(story.propose("approve", "write", decision(Effect.REQUIRE_HITL)));
    return story;
  }

  private static CorrectCall corrects(
      String gate, String who, List<String> roles, Optional<PasskeySignature> signature) {
    return new CorrectCall(
        new DecideGate(
            "t1",
            "r1",
            gate,
            Verdict.APPROVE,
            who,
            roles,
            "API",
            DIGEST,
            Optional.empty(),
            Optional.empty(),
            signature),
        MADE,
        List.of("urgency"),
        SEALED);
  }

  private static CorrectCall corrects(String who) {
    return corrects("approve", who, List.of("approver"), Optional.empty());
  }

  private static DecideGate approves(String who, String digest) {
    return new DecideGate(
        "t1",
        "r1",
        "approve",
        Verdict.APPROVE,
        who,
        List.of("approver"),
        "API",
        digest,
        Optional.empty());
  }

  private static ProposeCall renders(Story story, String digest, Decision decision) {
    int group = story.step("approve").attemptGroup();
    FrozenCall first = story.frozen("write", digest, IdempotencyClass.U);
    return new ProposeCall(
        "t1",
        "r1",
        "approve",
        story.step("approve").attempt(),
        new FrozenCall(
            CallId.of("t1", "r1", "write", 0, group),
            "write",
            0,
            first.tool(),
            first.action(),
            first.connectorDigest(),
            first.instance(),
            first.host(),
            first.port(),
            digest,
            first.idempotencyClass(),
            first.requests(),
            first.parameters(),
            new SealedRef("write/call/" + group, "e".repeat(64), 100)),
        Map.of(),
        Optional.of(decision));
  }

  private static void refused(Story story, RunCommand command, Code code) {
    int before = story.told.size();
    assertThatThrownBy(() -> story.when(command))
        .isInstanceOfSatisfying(Refused.class, r -> assertThat(r.code()).isEqualTo(code));
    assertThat(story.told).hasSize(before);
  }

  private static GateState asked(Story story) {
    return story.run.gate("approve").orElseThrow();
  }

  @Test
  void theCorrectedCallIsAnotherCallThatItsCorrectorHasApproved() {
    Story story = atGate(1);

    story.when(corrects("dana"));

    CallCorrected correction = story.run.correction("approve").orElseThrow();
    assertThat(correction.attemptGroup()).isEqualTo(1);
    assertThat(correction.correctedGroup()).isEqualTo(2);
    assertThat(correction.correctedCallId()).isNotEqualTo(correction.callId());
    assertThat(asked(story).open()).isFalse();
    assertThat(story.step("approve").purpose()).isEqualTo(Purpose.PROPOSE);
    refused(story, approves("mia", DIGEST), Code.GATE_NOT_OPEN);

    story.when(renders(story, MADE, decision(Effect.REQUIRE_HITL)));

    HumanGateDecisioned vote =
        story.told.stream()
            .filter(HumanGateDecisioned.class::isInstance)
            .map(HumanGateDecisioned.class::cast)
            .findFirst()
            .orElseThrow();
    assertThat(vote.approver()).isEqualTo("dana");
    assertThat(vote.callDigest()).isEqualTo(MADE);
    assertThat(vote.closes()).isTrue();
    assertThat(story.run.correctors(MADE)).containsExactly("dana");
    assertThat(story.run.approvals(DIGEST)).isEmpty();
    assertThat(story.step("write").attemptGroup()).isEqualTo(2);

    story.when(story.intend("write", MADE, IdempotencyClass.U, decision(Effect.ALLOW)));
    story.when(story.outcome("write", Outcome.SUCCESS, false));
    story.when(story.complete("write"));
    assertThat(story.run.status()).isEqualTo(Status.COMPLETED);
    assertThat(story.told)
        .filteredOn(ToolActionIntended.class::isInstance)
        .last()
        .satisfies(e -> assertThat(((ToolActionIntended) e).callDigest()).isEqualTo(MADE));
  }

  @Test
  void ofTwoPeopleTheCorrectorIsOneAndTheEarlierApprovalIsNone() {
    Story story = atGate(2);
    story.when(approves("mia", DIGEST));
    story.when(corrects("dana"));
    story.when(renders(story, MADE, decision(Effect.REQUIRE_HITL)));

    assertThat(asked(story).approvals()).containsOnlyKeys("dana");
    refused(story, approves("dana", MADE), Code.ALREADY_VOTED);
    story.when(approves("mia", MADE));
    assertThat(story.step("approve").status()).isEqualTo(StepStatus.COMPLETED);
  }

  @ParameterizedTest
  @CsvSource({
    "requester, approver, REQUESTER_MAY_NOT_APPROVE",
    "author, approver, AUTHOR_MAY_NOT_APPROVE",
    "dana, operator, NOT_AN_APPROVER",
    "dana, auditor, NOT_AN_APPROVER"
  })
  void whoMayNotApproveCorrectsNothing(String who, String role, Code code) {
    refused(atGate(1), corrects("approve", who, List.of(role), Optional.empty()), code);
  }

  @Test
  void onlyDeclaredParametersOfTheCallThatWasShownAreCorrected() {
    Story story = atGate(1);
    CorrectCall good = corrects("dana");
    for (List<String> fields :
        List.of(
            List.<String>of(),
            List.of("amount"),
            List.of("urgency", "amount"),
            List.of("urgency", "urgency"))) {
      refused(story, new CorrectCall(good.asked(), MADE, fields, SEALED), Code.INVALID);
    }
    refused(
        story,
        new CorrectCall(approves("dana", MADE), MADE, List.of("urgency"), SEALED),
        Code.DIGEST_DIFFERS);
    for (String digest : List.of(DIGEST, "sha256:" + "B".repeat(64), "sha256:b")) {
      refused(
          story, new CorrectCall(good.asked(), digest, List.of("urgency"), SEALED), Code.INVALID);
    }
    story.now = story.now.plusSeconds(4 * 3_600);
    refused(story, good, Code.GATE_EXPIRED);
  }

  @Test
  void policyThatKeepsThemApartLeavesTheApprovalToOthers() {
    Story story = atGate(1);
    story.when(corrects("dana"));
    story.when(
        renders(
            story,
            MADE,
            demands(Effect.REQUIRE_HITL, Map.of("quorum", "1", "corrector", "apart"))));

    assertThat(asked(story).open()).isTrue();
    assertThat(asked(story).request().apart()).containsExactly("dana");
    refused(story, approves("dana", MADE), Code.CORRECTOR_MAY_NOT_APPROVE);
    story.when(approves("mia", MADE));
    assertThat(story.step("approve").status()).isEqualTo(StepStatus.COMPLETED);
  }

  @Test
  void ifAnotherGroupIsAskedAboutTheCorrectedCallTheCorrectionIsNoApproval() {
    Story story = atGate(1);
    story.when(corrects("dana"));
    story.when(
        renders(story, MADE, demands(Effect.REQUIRE_HITL, Map.of("quorum", "1", "role", "board"))));

    assertThat(asked(story).open()).isTrue();
    assertThat(asked(story).approvals()).isEmpty();
    refused(story, approves("dana", MADE), Code.NOT_AN_APPROVER);
  }

  @Test
  void whatTheWorkerRefusesLeavesTheEarlierCallToBeAskedAboutAgain() {
    Story story = atGate(1);
    story.when(corrects("dana"));
    story.when(
        new FailStep(
            "t1", "r1", "approve", story.step("approve").attempt(), "PARAMETERS_INVALID", false));

    assertThat(story.run.status()).isEqualTo(Status.RUNNING);
    assertThat(story.step("approve").attemptGroup()).isEqualTo(1);
    story.when(renders(story, DIGEST, decision(Effect.REQUIRE_HITL)));
    assertThat(asked(story).open()).isTrue();
    assertThat(asked(story).approvals()).isEmpty();
    assertThat(asked(story).correctors()).isEmpty();

    story.when(corrects("dana"));
    assertThat(story.step("approve").attemptGroup()).as("no group is used twice").isEqualTo(3);
  }

  @Test
  void whatPolicyDeniesDoesNotEndTheRun() {
    Story story = atGate(1);
    story.when(corrects("dana"));
    story.when(renders(story, MADE, decision(Effect.DENY)));

    assertThat(story.run.status()).isEqualTo(Status.RUNNING);
    assertThat(story.step("approve").reason()).isEqualTo(Reasons.POLICY_DENIED);
    story.when(renders(story, DIGEST, decision(Effect.REQUIRE_HITL)));
    story.when(approves("mia", DIGEST));
    assertThat(story.step("approve").status()).isEqualTo(StepStatus.COMPLETED);
  }

  @Test
  void aWorkerRendersWhatWasMadeOrNothing() {
    Story story = atGate(1);
    story.when(corrects("dana"));

    refused(
        story,
        renders(story, "sha256:" + "c".repeat(64), decision(Effect.REQUIRE_HITL)),
        Code.DIGEST_DIFFERS);
    refused(story, renders(story, DIGEST, decision(Effect.REQUIRE_HITL)), Code.DIGEST_DIFFERS);
  }

  @Test
  void whereApprovalsAreSignedTheCorrectorSignsTheCallThatHeMade() {
    Story story =
        new Story(tool("fetch"), gate("approve", "write", 1, false), tool("write", "approve"))
            .started();
    story.when(
        story.propose("approve", "write", demands(Effect.REQUIRE_STEP_UP, Map.of("quorum", "1"))));
    SoftPasskey passkey = SoftPasskey.of("secp256r1");
    List<String> roles = List.of("approver");

    refused(story, corrects("dana"), Code.STEP_UP_REQUIRED);
    PasskeySignature ofTheOld = passkey.approve("t1", "dana", "n1", List.of(DIGEST));
    refused(
        story, corrects("approve", "dana", roles, Optional.of(ofTheOld)), Code.SIGNATURE_INVALID);
    PasskeySignature signed = passkey.approve("t1", "dana", "n1", List.of(MADE));
    story.when(corrects("approve", "dana", roles, Optional.of(signed)));
    story.when(renders(story, MADE, demands(Effect.REQUIRE_STEP_UP, Map.of("quorum", "1"))));

    assertThat(asked(story).approvals().get("dana"))
        .satisfies(vote -> assertThat(vote.signature()).contains(signed));
    assertThat(story.step("approve").status()).isEqualTo(StepStatus.COMPLETED);
  }

  @Test
  void aCallThatPolicyStoppedIsCorrectedWhereItStands() {
    Story story = new Story(tool("write")).started();
    story.when(story.intend("write", IdempotencyClass.U, decision(Effect.REQUIRE_HITL)));
    story.when(corrects("write", "dana", List.of("approver"), Optional.empty()));

    assertThat(story.step("write").purpose()).isEqualTo(Purpose.PERFORM);
    story.when(story.intend("write", MADE, IdempotencyClass.U, decision(Effect.REQUIRE_HITL)));
    assertThat(story.step("write").reason()).isEqualTo(Reasons.APPROVED);
    story.when(story.intend("write", MADE, IdempotencyClass.U, decision(Effect.ALLOW)));
    story.when(story.outcome("write", Outcome.SUCCESS, false));
    story.when(story.complete("write"));
    assertThat(story.run.status()).isEqualTo(Status.COMPLETED);
  }
}
