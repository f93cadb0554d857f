package ai.rails.platform.evidence;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.Test;

import ai.rails.domain.Actor;
import ai.rails.domain.Header;
import ai.rails.domain.SealedRef;
import ai.rails.domain.gate.PasskeySignature;
import ai.rails.domain.ledger.Leaf;
import ai.rails.domain.run.RunEvent;
import ai.rails.domain.run.RunEvent.CallCorrected;
import ai.rails.domain.run.RunEvent.HumanGateRequested;
import ai.rails.domain.run.RunEvent.IdempotencyClass;
import ai.rails.domain.run.RunEvent.ToolActionIntended;
import ai.rails.schema.Recorded;

import static org.assertj.core.api.Assertions.assertThat;

/// Corrected calls in histories that an insider could have written.
class CorrectionCheckTest {
  private static final String OLD = "sha256:" + "a".repeat(64);
  private static final String NEW = "sha256:" + "b".repeat(64);
  private static final String THIRD = "sha256:" + "c".repeat(64);

  private final CorrectionCheck check = new CorrectionCheck();
  private final Findings findings = new Findings();
  private long seq;

  @Test
  void whereNobodyCorrectedNothingIsSaid() {
    assertThat(judged(asks("c1", OLD), leaves("c1", OLD)).checks()).isEmpty();
  }

  @Test
  void aCorrectedCallIsAskedAboutAndLeaves() {
    Verdict verdict =
        judged(asks("c1", OLD), corrects("c1", OLD, "c2", NEW), asks("c2", NEW), leaves("c2", NEW));

    assertThat(verdict.failures()).isEmpty();
    assertThat(verdict.checks())
        .singleElement()
        .satisfies(passed -> {
          assertThat(passed.check()).isEqualTo(Check.CORRECTIONS);
          assertThat(passed.outcome()).isEqualTo(Verdict.Outcome.PASS);
          assertThat(passed.detail()).startsWith("1 corrections");
        });
  }

  @Test
  void aRefusedCorrectionTakesTheGateBackToTheEarlierCallWhichMayLeave() {
    assertThat(
            judged(
                    asks("c1", OLD),
                    corrects("c1", OLD, "c2", NEW),
                    asks("c1", OLD),
                    leaves("c1", OLD))
                .failures())
        .isEmpty();
  }

  @Test
  void aCorrectionOfACorrectionIsFollowedToo() {
    RunEvent[] twice = {
      asks("c1", OLD),
      corrects("c1", OLD, "c2", NEW),
      asks("c2", NEW),
      corrects("c2", NEW, "c3", THIRD),
      asks("c3", THIRD)
    };

    assertThat(judged(twice).failures()).isEmpty();

    says("left, which was corrected", leaves("c2", NEW));
  }

  @Test
  void theCallThatWasCorrectedMayNotLeave() {
    says(
        "left, which was corrected",
        asks("c1", OLD),
        corrects("c1", OLD, "c2", NEW),
        asks("c2", NEW),
        leaves("c1", OLD));
  }

  @Test
  void norMayItLeaveBeforeTheGateAsksAgain() {
    says(
        "left, which was corrected",
        asks("c1", OLD),
        corrects("c1", OLD, "c2", NEW),
        leaves("c1", OLD));
  }

  @Test
  void anotherCallMayNotLeaveUnderTheCorrectedOnesName() {
    says(
        "left in the place of a corrected one",
        asks("c1", OLD),
        corrects("c1", OLD, "c2", NEW),
        asks("c2", NEW),
        leaves("c2", THIRD));
  }

  @Test
  void theGateMayNotAskAboutAThirdCall() {
    says("had made " + NEW, asks("c1", OLD), corrects("c1", OLD, "c2", NEW), asks("c2", THIRD));
    assertThat(findings.verdict(Optional.empty()).failures().getFirst().where())
        .isEqualTo("entry 2");
  }

  @Test
  void whatIsCorrectedIsWhatTheGateAskedAbout() {
    says("asked about another call", asks("c1", OLD), corrects("c1", THIRD, "c2", NEW));
  }

  @Test
  void whereSignaturesAreDemandedACorrectionIsSigned() {
    says("takes signed corrections", signedGate(), corrects("c1", OLD, "c2", NEW));
  }

  @Test
  void aSignatureIsOverTheCorrectedCallAndNotOverTheOneBefore() {
    says(
        "did not approve the corrected call",
        signedGate(),
        corrects("c1", OLD, "c2", NEW, Optional.of(signatureOver(OLD))));
  }

  @Test
  void theFirstThingThatIsWrongIsTold() {
    says(
        "left, which was corrected",
        asks("c1", OLD),
        corrects("c1", OLD, "c2", NEW),
        leaves("c1", OLD),
        asks("c2", THIRD));
    assertThat(findings.verdict(Optional.empty()).failures()).hasSize(1);
  }

  private void says(String reason, RunEvent... events) {
    assertThat(judged(events).failures())
        .singleElement()
        .satisfies(failure -> {
          assertThat(failure.check()).isEqualTo(Check.CORRECTIONS);
          assertThat(failure.reason()).contains(reason);
        });
  }

  private Verdict judged(RunEvent... events) {
    for (RunEvent event : events) {
      check.accept(leaf(event), new Recorded(header(), event));
      seq++;
    }
    check.conclude(findings);
    return findings.verdict(Optional.empty());
  }

  private Leaf leaf(RunEvent event) {
    return new Leaf(
        "e" + seq,
        "0".repeat(64),
        event.entryType().name(),
        "log",
        "prev",
        "schema",
        seq,
        seq,
        Optional.empty(),
        Optional.empty());
  }

  private Header header() {
    return new Header(
        "e" + seq,
        "acme",
        "ops",
        Optional.of("prod"),
        "Run",
        "r1",
        seq,
        new Actor(Actor.Kind.USER, "dora"),
        "command",
        "correlation",
        Optional.empty(),
        Instant.EPOCH,
        Optional.of("r1"),
        Optional.empty());
  }

  private static HumanGateRequested asks(String call, String digest) {
    return gate(call, digest, false);
  }

  private static HumanGateRequested signedGate() {
    return gate("c1", OLD, true);
  }

  private static HumanGateRequested gate(String call, String digest, boolean signature) {
    return new HumanGateRequested(
        "r1",
        "ask",
        "write",
        call,
        digest,
        List.of(),
        Map.of(),
        "approver",
        1,
        "rita",
        "dana",
        Instant.EPOCH.plusSeconds(3600),
        signature,
        List.of(),
        List.of());
  }

  private static CallCorrected corrects(String call, String digest, String other, String made) {
    return corrects(call, digest, other, made, Optional.empty());
  }

  private static CallCorrected corrects(
      String call, String digest, String other, String made, Optional<PasskeySignature> signature) {
    return new CallCorrected(
        "r1",
        "ask",
        "write",
        call,
        digest,
        1,
        other,
        made,
        2,
        List.of("urgency"),
        new SealedRef("write/correction/1", "d".repeat(64), 30),
        "dora",
        "API",
        "approver",
        signature,
        Optional.empty());
  }

  private static PasskeySignature signatureOver(String digest) {
    return new PasskeySignature(
        "credential",
        "key",
        "rails.test",
        "https://rails.test",
        "nonce",
        List.of(digest),
        "",
        "",
        "");
  }

  private static ToolActionIntended leaves(String call, String digest) {
    return new ToolActionIntended(
        "r1",
        "write",
        1,
        1,
        call,
        "servicenow",
        "update-incident",
        "sha256:" + "e".repeat(64),
        "snow-dev",
        "dev.service-now.test",
        443,
        digest,
        "key-1",
        IdempotencyClass.U,
        1,
        5,
        "d1",
        Map.of(),
        new SealedRef("write/call/1", "f".repeat(64), 100),
        Optional.empty());
  }
}
