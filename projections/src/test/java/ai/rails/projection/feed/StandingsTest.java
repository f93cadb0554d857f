package ai.rails.projection.feed;

import java.time.Instant;
import java.time.InstantSource;

import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

import ai.rails.projection.feed.Standings.Summary;

import static org.assertj.core.api.Assertions.assertThat;

/// What is told of the feed, and to whom.
class StandingsTest {
  private static final Instant NOON = Instant.parse("2026-03-02T12:00:00Z");
  private static final TopicPartition OWN = new TopicPartition("t.t1.ledger.v1", 0);
  private static final TopicPartition FOREIGN = new TopicPartition("t.t2.ledger.v1", 0);

  private final Standings standings = new Standings(InstantSource.fixed(NOON));

  @Test
  void lagIsTheAgeOfTheNewestFoldedEntryWhereSomeAreLeft() {
    standings.assigned(OWN);
    standings.assigned(FOREIGN);
    standings.folded(OWN, 10, NOON.minusSeconds(3).toEpochMilli());
    standings.left(OWN, 7);
    standings.folded(FOREIGN, 5, NOON.minusSeconds(60).toEpochMilli());
    standings.left(FOREIGN, 0);

    assertThat(standings.of("t1")).isEqualTo(new Summary(10, 7, 3_000, ""));
    assertThat(standings.of("t2")).isEqualTo(new Summary(5, 0, 0, ""));
    assertThat(standings.all()).isEqualTo(new Summary(15, 7, 3_000, ""));
  }

  @Test
  void tenantHearsOfItsOwnFailuresOnly() {
    standings.assigned(OWN);
    standings.assigned(FOREIGN);

    standings.stopped(FOREIGN, "log t2/ws1 has a hole");

    assertThat(standings.of("t1").failure()).isEmpty();
    assertThat(standings.of("t2").failure()).isEqualTo("log t2/ws1 has a hole");
    assertThat(standings.all().failure()).isEqualTo("log t2/ws1 has a hole");
  }

  @Test
  void waitingIsNoReasonToGiveUp() {
    standings.assigned(OWN);

    standings.waiting("PostgreSQL does not answer");

    assertThat(standings.of("t1").failure()).isEqualTo("PostgreSQL does not answer");
    assertThat(standings.stopped("t1")).isEmpty();
  }
}
