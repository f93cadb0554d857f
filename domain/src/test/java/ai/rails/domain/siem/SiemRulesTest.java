package ai.rails.domain.siem;

import java.time.Instant;
import java.util.List;

import org.junit.jupiter.api.Test;

import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.domain.siem.SiemCommand.GrantSiem;
import ai.rails.domain.siem.SiemCommand.RevokeSiem;
import ai.rails.domain.siem.SiemCommand.RotateSiem;
import ai.rails.domain.siem.SiemEvent.SiemGranted;
import ai.rails.domain.siem.SiemEvent.SiemRevoked;
import ai.rails.domain.siem.SiemEvent.SiemRotated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class SiemRulesTest {
  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00Z");

  private final SiemRules rules = new SiemRules();
  private SiemSubscriber subscriber = SiemSubscriber.NONE;

  @Test
  void countsPasswordsOverRotationsAndRevocations() {
    assertThat(give(new GrantSiem("acme", "soc")))
        .containsExactly(new SiemGranted("soc", "siem-acme-soc", 1));
    assertThat(give(new RotateSiem("acme", "soc")))
        .containsExactly(new SiemRotated("soc", "siem-acme-soc", 2));
    assertThat(give(new RevokeSiem("acme", "soc")))
        .containsExactly(new SiemRevoked("soc", "siem-acme-soc"));
    assertThat(give(new RevokeSiem("acme", "soc"))).isEmpty();
    assertThat(give(new GrantSiem("acme", "soc")))
        .containsExactly(new SiemGranted("soc", "siem-acme-soc", 3));
  }

  @Test
  void grantsOnceAndRotatesOnlyWhatIsGranted() {
    refused(new RotateSiem("acme", "soc"), Code.NOT_FOUND);
    refused(new RevokeSiem("acme", "soc"), Code.NOT_FOUND);
    give(new GrantSiem("acme", "soc"));
    refused(new GrantSiem("acme", "soc"), Code.ALREADY_EXISTS);
    give(new RevokeSiem("acme", "soc"));
    refused(new RotateSiem("acme", "soc"), Code.NOT_FOUND);
  }

  /// Else `a` with `b-c` and `a-b` with `c` were one principal.
  @Test
  void takesNoHyphenInAName() {
    refused(new GrantSiem("a", "b-c"), Code.INVALID);
    refused(new GrantSiem("a", ""), Code.INVALID);
    refused(new GrantSiem("a", "x".repeat(33)), Code.INVALID);
  }

  private List<SiemEvent> give(SiemCommand command) {
    List<SiemEvent> events = rules.decide(subscriber, command, NOON);
    events.forEach(event -> subscriber = rules.evolve(subscriber, event));
    return events;
  }

  private void refused(SiemCommand command, Code code) {
    assertThatThrownBy(() -> rules.decide(subscriber, command, NOON))
        .isInstanceOfSatisfying(Refused.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}
