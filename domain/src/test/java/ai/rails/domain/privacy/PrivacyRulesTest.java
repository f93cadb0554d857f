package ai.rails.domain.privacy;

import java.time.Instant;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import ai.rails.domain.Refused;
import ai.rails.domain.privacy.ErasureCommand.EraseRun;
import ai.rails.domain.privacy.ErasureCommand.EraseSubject;
import ai.rails.domain.privacy.ErasureEvent.Cause;
import ai.rails.domain.privacy.ErasureEvent.RunErased;
import ai.rails.domain.privacy.ErasureEvent.SubjectErased;
import ai.rails.domain.privacy.LegalHoldCommand.PlaceHold;
import ai.rails.domain.privacy.LegalHoldCommand.ReleaseHold;
import ai.rails.domain.privacy.LegalHoldEvent.LegalHoldPlaced;
import ai.rails.domain.privacy.LegalHoldEvent.LegalHoldReleased;
import ai.rails.domain.privacy.LegalHoldEvent.Scope;
import ai.rails.domain.privacy.RetentionCommand.SetRetention;
import ai.rails.domain.privacy.RetentionEvent.RetentionSet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class PrivacyRulesTest {
  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

  private final ErasureRules erasure = new ErasureRules();
  private final LegalHoldRules holds = new LegalHoldRules();
  private final RetentionRules retention = new RetentionRules();

  @Test
  void runIsErasedOnce() {
    var erase = new EraseRun("t1", "r1", Cause.REQUEST, "GDPR_ART_17", 1, 4);
    var erased = new RunErased("r1", Cause.REQUEST, "GDPR_ART_17", 1, 4);

    assertThat(erasure.decide(erasure.initial(), erase, NOON)).containsExactly(erased);
    assertThat(erasure.decide(erasure.evolve(erasure.initial(), erased), erase, NOON)).isEmpty();
  }

  @Test
  void personIsErasedAgainWhenThereIsMore() {
    var erased = new SubjectErased("p1", "GDPR_ART_17", 2, 1);
    Erasure two = erasure.evolve(erasure.initial(), erased);

    assertThat(erasure.decide(erasure.initial(), subject(2, 1), NOON)).containsExactly(erased);
    assertThat(erasure.decide(two, subject(2, 0), NOON)).isEmpty();
    assertThat(erasure.decide(two, subject(3, 0), NOON)).hasSize(1);
    assertThat(erasure.decide(two, subject(2, 1), NOON)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "gdpr", "Ms Smith asked", "A-B", "1A"})
  void reasonIsACodeAndNoText(String reason) {
    for (ErasureCommand command :
        List.of(
            new EraseRun("t1", "r1", Cause.REQUEST, reason, 0, 0),
            new EraseSubject("t1", "p1", reason, 1, 0))) {
      assertThatThrownBy(() -> erasure.decide(erasure.initial(), command, NOON))
          .isInstanceOf(Refused.class);
    }
    var place = new PlaceHold("t1", "h1", Scope.RUN, "r1", reason);
    assertThatThrownBy(() -> holds.decide(holds.initial(), place, NOON))
        .isInstanceOf(Refused.class);
  }

  @Test
  void holdIsPlacedOnceAndReleasedOnce() {
    var place = new PlaceHold("t1", "h1", Scope.SUBJECT, "p1", "CASE_7");
    var release = new ReleaseHold("t1", "h1", "CASE_CLOSED");
    assertThatThrownBy(() -> holds.decide(holds.initial(), release, NOON))
        .isInstanceOf(Refused.class);

    var placed = new LegalHoldPlaced("h1", Scope.SUBJECT, "p1", "CASE_7");
    assertThat(holds.decide(holds.initial(), place, NOON)).containsExactly(placed);
    LegalHold standing = holds.evolve(holds.initial(), placed);
    assertThatThrownBy(() -> holds.decide(standing, place, NOON)).isInstanceOf(Refused.class);

    var released = new LegalHoldReleased("h1", Scope.SUBJECT, "p1", "CASE_CLOSED");
    assertThat(holds.decide(standing, release, NOON)).containsExactly(released);
    assertThat(holds.decide(holds.evolve(standing, released), release, NOON)).isEmpty();
  }

  @Test
  void retentionIsSetWhenItChanges() {
    var set = new SetRetention("t1", new Retention(1, 30, 365));

    assertThat(retention.decide(retention.initial(), set, NOON))
        .containsExactly(new RetentionSet(1, 30, 365));
    assertThat(retention.decide(set.retention(), set, NOON)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "0, 14, 365",
    "3651, 14, 365",
    "30, 13, 365",
    "30, 31, 365",
    "30, 14, 364",
    "30, 14, 36526"
  })
  void periodsHaveBounds(int content, int trace, int audit) {
    var set = new SetRetention("t1", new Retention(content, trace, audit));

    assertThatThrownBy(() -> retention.decide(retention.initial(), set, NOON))
        .isInstanceOf(Refused.class)
        .hasMessageContaining("must be");
  }

  private static EraseSubject subject(int runs, int links) {
    return new EraseSubject("t1", "p1", "GDPR_ART_17", runs, links);
  }
}
