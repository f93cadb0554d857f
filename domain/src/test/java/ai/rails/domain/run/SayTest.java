package ai.rails.domain.run;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.domain.gate.Escalation;
import ai.rails.domain.gate.PasskeySignature;
import ai.rails.domain.gate.Say;
import ai.rails.domain.gate.SoftPasskey;
import ai.rails.domain.policy.Decision;
import ai.rails.domain.policy.Decision.Effect;
import ai.rails.domain.run.Run.StepStatus;
import ai.rails.domain.run.RunCommand.DecideGate;
import ai.rails.domain.run.RunCommand.EscalateGate;
import ai.rails.domain.run.RunEvent.HumanGateDecisioned;
import ai.rails.domain.run.RunEvent.HumanGateEscalated;
import ai.rails.domain.run.RunEvent.IdempotencyClass;
import ai.rails.domain.run.RunEvent.Verdict;
import ai.rails.domain.workflow.Step.Escalate;
import ai.rails.domain.workflow.Step.Gate;
import ai.rails.domain.workflow.Step.Tier;

import static ai.rails.domain.run.Story.DIGEST;
import static ai.rails.domain.run.Story.decidesFor;
import static ai.rails.domain.run.Story.decision;
import static ai.rails.domain.run.Story.demands;
import static ai.rails.domain.run.Story.signs;
import static ai.rails.domain.run.Story.tool;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// Whose say counts: handed to another, of a group by threshold, of the next group after a time,
/// and signed.
class SayTest {
  private static final List<String> APPROVER = List.of("approver");
  private static final Say DANAS = new Say("d1", "dana", APPROVER);

  private static Gate gate(int quorum, boolean signature, List<Tier> tiers, Escalate... then) {
    return new Gate(
        "write",
        "approver",
        quorum,
        Duration.ofHours(4),
        Map.of(),
        Optional.empty(),
        signature,
        tiers,
        List.of(then));
  }

  private static Story at(Gate gate) {
    return at(gate, decision(Effect.REQUIRE_HITL));
  }

  private static Story at(Gate gate, Decision decision) {
    Story story =
        new Story(tool("fetch"), Story.gate("approve", gate, "fetch"), tool("write", "approve"))
            .started()
            .does("fetch");
    story.when(story.propose("approve", "write", decision));
    return story;
  }

  private static DecideGate approves(String who, String... roles) {
    return new DecideGate(
        "t1",
        "r1",
        "approve",
        Verdict.APPROVE,
        who,
        List.of(roles),
        "API",
        DIGEST,
        Optional.empty());
  }

  private static void refused(Story story, RunCommand command, Code code) {
    int before = story.told.size();
    assertThatThrownBy(() -> story.when(command))
        .isInstanceOfSatisfying(Refused.class, r -> assertThat(r.code()).isEqualTo(code));
    assertThat(story.told).hasSize(before);
  }

  @Test
  void aSayThatWasHandedOnCountsAndBothStandInTheEvidence() {
    Story story = at(gate(1, false, List.of()));

    story.when(decidesFor("omar", List.of("operator"), DANAS));

    HumanGateDecisioned vote =
        (HumanGateDecisioned)
            story.told.stream().filter(e -> e instanceof HumanGateDecisioned).findAny().get();
    assertThat(vote.approver()).isEqualTo("omar");
    assertThat(vote.onBehalfOf()).contains("dana");
    assertThat(vote.delegation()).contains("d1");
    assertThat(vote.closes()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "requester, dana, approver, REQUESTER_MAY_NOT_APPROVE",
    "author, dana, approver, AUTHOR_MAY_NOT_APPROVE",
    "omar, requester, approver, REQUESTER_MAY_NOT_APPROVE",
    "omar, author, approver, AUTHOR_MAY_NOT_APPROVE",
    "omar, dana, operator, NOT_AN_APPROVER",
    "omar, dana, auditor, NOT_AN_APPROVER"
  })
  void nobodyGetsAroundSeparationOfDutiesByAHandedSay(
      String who, String by, String role, Code code) {
    refused(
        at(gate(1, false, List.of())),
        decidesFor(who, APPROVER, new Say("d1", by, List.of(role))),
        code);
  }

  @Test
  void anAuditorDecidesWithNobodysSay() {
    refused(
        at(gate(1, false, List.of())),
        decidesFor("aud", List.of("auditor"), DANAS),
        Code.NOT_AN_APPROVER);
  }

  @Test
  void twoSaysOfOnePersonAreOne() {
    Story own = at(gate(2, false, List.of()));
    own.when(approves("omar", "approver"));
    refused(own, decidesFor("omar", APPROVER, DANAS), Code.ALREADY_VOTED);

    Story both = at(gate(2, false, List.of()));
    both.when(decidesFor("omar", APPROVER, DANAS));
    refused(both, approves("dana", "approver"), Code.ALREADY_VOTED);
    refused(both, approves("omar", "approver"), Code.ALREADY_VOTED);
    both.when(approves("eve", "approver"));
    assertThat(both.step("write").status()).isEqualTo(StepStatus.SCHEDULED);
  }

  @Test
  void aThresholdDecidesWhoIsAskedAndHowMany() {
    List<Tier> tiers = List.of(new Tier("false", "board", 3), new Tier("true", "finance", 2));
    Story story = at(gate(1, false, tiers));

    refused(story, approves("omar", "approver"), Code.NOT_AN_APPROVER);
    story.when(approves("fay", "finance"));
    assertThat(story.run.step("write")).as("one of two").isEmpty();
    story.when(approves("fred", "finance"));

    assertThat(story.step("write").status()).isEqualTo(StepStatus.SCHEDULED);
  }

  @Test
  void aThresholdWhoseAmountIsMissingIsNotPassedUnder() {
    Story story = at(gate(1, false, List.of(new Tier("no value", "finance", 2))));

    assertThat(story.run.gate("approve").orElseThrow().role()).isEqualTo("finance");
  }

  @Test
  void theGroupThatPolicyNamesStandsAboveTheWorkflows() {
    Gate gate =
        gate(
            1,
            false,
            List.of(new Tier("true", "friends", 1)),
            new Escalate(Duration.ofMinutes(1), "friends", 1));
    Map<String, String> duty =
        Map.of(
            "quorum", "2",
            "role", "finance",
            "escalate_after_s", "600",
            "escalate_role", "board",
            "escalate_quorum", "1");

    Run.GateState asked =
        at(gate, demands(Effect.REQUIRE_HITL, duty)).run.gate("approve").orElseThrow();

    assertThat(asked.role()).isEqualTo("finance");
    assertThat(asked.quorum()).isEqualTo(2);
    assertThat(asked.request().escalations())
        .singleElement()
        .satisfies(next -> {
          assertThat(next.role()).isEqualTo("board");
          assertThat(next.quorum()).as("never fewer than policy wants").isEqualTo(2);
        });
  }

  @Test
  void aWorkflowsEscalationAsksNoFewerThanPolicyWants() {
    Gate gate = gate(1, false, List.of(), new Escalate(Duration.ofMinutes(1), "managers", 1));

    Run.GateState asked =
        at(gate, demands(Effect.REQUIRE_HITL, Map.of("quorum", "2")))
            .run
            .gate("approve")
            .orElseThrow();

    assertThat(asked.request().escalations())
        .singleElement()
        .extracting(Escalation::quorum)
        .isEqualTo(2);
  }

  @Test
  void whoDidNotDecideInTimeIsNotAskedAnyMore() {
    Story story = at(gate(2, false, List.of(), new Escalate(Duration.ofHours(1), "managers", 1)));
    story.when(approves("omar", "approver"));

    assertThat(story.when(new EscalateGate("t1", "r1", "approve", 1))).as("too early").isEmpty();
    story.now = story.now.plus(Duration.ofHours(1));
    assertThat(story.when(new EscalateGate("t1", "r1", "approve", 1)))
        .singleElement()
        .isEqualTo(
            new HumanGateEscalated("r1", "approve", DIGEST, 1, "managers", 1, "NOT_DECIDED"));

    assertThat(story.when(new EscalateGate("t1", "r1", "approve", 1))).as("once").isEmpty();
    refused(story, approves("dana", "approver"), Code.NOT_AN_APPROVER);
    assertThat(story.run.waiting().getFirst().mover()).isEqualTo("role managers");
    story.when(approves("mia", "managers"));
    assertThat(story.step("write").status()).isEqualTo(StepStatus.SCHEDULED);
  }

  @Test
  void aDecidedGateIsNotEscalated() {
    Story story = at(gate(1, false, List.of(), new Escalate(Duration.ofHours(1), "managers", 1)));
    story.when(approves("omar", "approver"));
    story.now = story.now.plus(Duration.ofHours(2));

    assertThat(story.when(new EscalateGate("t1", "r1", "approve", 1))).isEmpty();
  }

  @Test
  void aCallThatPolicyWantsSignedWaitsForASignature() {
    Story story = new Story(tool("write")).started();
    story.when(
        story.intend(
            "write",
            IdempotencyClass.U,
            demands(Effect.REQUIRE_STEP_UP, Map.of("quorum", "1", "ttl_s", "600"))));

    assertThat(story.step("write").status()).isEqualTo(StepStatus.AT_GATE);
    refused(story, Story.decides("write", Verdict.APPROVE, "omar"), Code.STEP_UP_REQUIRED);
    assertThat(story.step("write").status()).isEqualTo(StepStatus.AT_GATE);
  }

  @Test
  void onlyTheApproversOwnSignatureOverThisCallCounts() {
    Story story = at(gate(1, true, List.of()));
    SoftPasskey passkey = SoftPasskey.of("secp256r1");
    PasskeySignature good = passkey.approve("t1", "omar", "n1", List.of(DIGEST));

    refused(story, approves("omar", "approver"), Code.STEP_UP_REQUIRED);
    refused(
        story,
        signs("omar", passkey.approve("t1", "omar", "n1", List.of("f".repeat(64)))),
        Code.SIGNATURE_INVALID);
    refused(story, signs("dana", good), Code.SIGNATURE_INVALID);
    story.when(signs("omar", good));

    assertThat(story.step("write").status()).isEqualTo(StepStatus.SCHEDULED);
    assertThat(story.run.approvals(DIGEST).getFirst().signature()).contains(good);
  }
}
