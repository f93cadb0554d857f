package ai.rails.projection.feed;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import ai.rails.domain.checkpoint.Note;
import ai.rails.platform.postgres.Database;
import ai.rails.projection.Notary;
import ai.rails.projection.Projections;
import ai.rails.projection.SampleRun;
import ai.rails.projection.TestLog;
import ai.rails.projection.checkpoint.Checkpoints;
import ai.rails.projection.checkpoint.Checkpoints.Kept;
import ai.rails.projection.checkpoint.Log;
import ai.rails.projection.feed.Folding.Received;
import ai.rails.projection.jooq.TestDatabase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// Whose notes are believed.
class CheckpointFoldingTest {
  private static final String TOPIC = "t.t1.checkpoints.v1";
  private static final String CELL = "ledger.c1.airails.test";
  private static TestDatabase postgres;
  private static Database database;

  private final Notary notary = new Notary(CELL);
  private final CheckpointFolding notes;
  private final TestLog log = new TestLog("t1", "ws1");
  private long offset;

  CheckpointFoldingTest() {
    this.notes = new CheckpointFolding(database, notary::policy);
  }

  @BeforeAll
  static void start() throws Exception {
    postgres = TestDatabase.start();
    database = postgres.open();
  }

  @AfterAll
  static void stop() throws Exception {
    database.close();
    postgres.close();
  }

  @BeforeEach
  void folded() {
    Folding folding = new Folding(database, Projections.ALL, TestLog.EVENTS);
    folding.reset();
    List<byte[]> records = log.append(new SampleRun("r1").whole());
    for (int i = 0; i < records.size(); i++) {
      folding.fold("t.t1.ledger.v1", 0, List.of(new Received(i, records.get(i))));
    }
  }

  @Test
  void signedNoteIsCosignedLaterAndStaysSo() {
    fold(notary.signed(log.checkpoint(10)));
    assertThat(newest()).map(Kept::cosigned).contains(false);
    assertThat(covering(3)).isEmpty();

    Note cosigned = notary.cosigned(log.checkpoint(10));
    assertThat(fold(cosigned)).isEqualTo(Map.of("t1/ws1/e/1", 10L));
    fold(notary.signed(log.checkpoint(10)));
    fold(notary.cosigned(log.checkpoint(10)));

    assertThat(covering(3)).map(kept -> kept.note().bytes()).contains(cosigned.bytes());
    assertThat(covering(11)).isEmpty();
  }

  @Test
  void whatWitnessesSayAgainOfTheNewestIsKeptBesideWhatTheySaidFirst() {
    Note first = notary.cosigned(log.checkpoint(10), 1_000);
    Note later = notary.cosigned(log.checkpoint(10), 3_000);
    fold(first);
    assertThat(lastSeen()).isEqualTo(first);

    fold(later);
    fold(notary.cosigned(log.checkpoint(10), 2_000));
    fold(notary.signed(log.checkpoint(10)));

    assertThat(lastSeen()).isEqualTo(later);
    assertThat(covering(3)).map(kept -> kept.note().bytes()).contains(first.bytes());
    Note next = notary.cosigned(log.checkpoint(12), 2_500);
    fold(next);
    assertThat(lastSeen()).isEqualTo(next);
  }

  private static Note lastSeen() {
    return database.inSnapshot(
        "t1",
        connection ->
            Checkpoints.lastSeen(Folding.sql(connection), new Log("t1", "ws1", 1)).orElseThrow());
  }

  @Test
  void firstCoveringCheckpointNeverChanges() {
    fold(notary.cosigned(log.checkpoint(12)));
    fold(notary.cosigned(log.checkpoint(8)));
    fold(notary.cosigned(log.checkpoint(24)));

    assertThat(covering(5)).map(Kept::size).contains(12L);
    assertThat(covering(13)).map(Kept::size).contains(24L);
  }

  @Test
  void strangersNotesArePassedOver() {
    fold(new Notary(CELL).cosigned(log.checkpoint(10)));
    fold(new Notary("ledger.elsewhere").cosigned(log.checkpoint(10)));
    TestLog foreign = new TestLog("t2", "ws1");
    List<byte[]> _ = foreign.append(new SampleRun("r1").whole());
    fold(notary.cosigned(foreign.checkpoint(10)));
    notes.fold(TOPIC, 0, List.of(new Received(offset++, new byte[] {1, 2, 3})));
    notes.fold(TOPIC, 0, List.of(new Received(offset++, new byte[70_000])));

    assertThat(newest()).isEmpty();
    assertThat(notes.passedOver()).isEqualTo(5);
    assertThat(notes.offset(TOPIC, 0)).contains(offset);
  }

  @Test
  void witnessOfNobodyMakesNoCosignedCheckpoint() {
    Note stranger = new Notary(CELL).cosigned(log.checkpoint(10));
    fold(notary.signed(log.checkpoint(10)).with(stranger.signatures().getLast()));

    assertThat(newest()).map(Kept::cosigned).contains(false);
  }

  @Test
  void rootOfAnotherHistoryStops() {
    TestLog fork = new TestLog("t1", "ws1");
    List<byte[]> _ = fork.append(new SampleRun("r9").whole());

    assertThatThrownBy(() -> fold(notary.signed(fork.checkpoint(10))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("the signed root of log t1/ws1 at 10 entries is not ours");

    assertThat(newest()).isEmpty();
    assertThat(notes.offset(TOPIC, 0)).isEmpty();
  }

  @Test
  void noteOfMoreThanWasFoldedIsEarly() {
    List<byte[]> _ = log.append(new SampleRun("r2").whole());

    assertThatThrownBy(() -> fold(notary.signed(log.checkpoint(30))))
        .isInstanceOf(Early.class)
        .hasMessageContaining("a signed checkpoint of 30 entries, and 24 have come");
  }

  private Map<String, Long> fold(Note note) {
    return notes
        .fold(TOPIC, 0, List.of(new Received(offset++, TestLog.at(1), note.bytes())))
        .positions();
  }

  private static Optional<Kept> newest() {
    return database.inTenant(
        "t1", c -> Checkpoints.newest(Folding.sql(c), new Log("t1", "ws1", 1)));
  }

  private static Optional<Kept> covering(long entries) {
    return database.inTenant(
        "t1", c -> Checkpoints.covering(Folding.sql(c), new Log("t1", "ws1", 1), entries));
  }
}
