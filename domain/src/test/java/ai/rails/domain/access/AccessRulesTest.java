package ai.rails.domain.access;

import java.time.Instant;
import java.util.List;

import org.junit.jupiter.api.Test;

import ai.rails.domain.access.AccessCommand.NoteRefusal;

import static org.assertj.core.api.Assertions.assertThat;

class AccessRulesTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

  @Test
  void refusalIsNotedOnceAnHourAndAFloodEnds() {
    var rules = new AccessRules();
    AccessHour hour = rules.initial();
    int noted = 0;
    for (int i = 0; i < 1_000; i++) {
      for (int twice = 0; twice < 2; twice++) {
        List<AccessEvent> events = rules.decide(hour, note("r" + i), NOON);
        noted += events.size();
        for (AccessEvent event : events) {
          hour = rules.evolve(hour, event);
        }
      }
    }
    assertThat(noted).isEqualTo(AccessRules.MAX_PER_HOUR);
  }

  private static NoteRefusal note(String resource) {
    return new NoteRefusal(
        "t1", "_tenant/2026-11-21T12", "eve", "POST /v1/runs", resource, "NOT_FOUND");
  }
}
