package ai.rails.stream.signer;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.domain.checkpoint.Note;
import ai.rails.domain.ledger.Origin;
import ai.rails.domain.ledger.Proofs;
import ai.rails.domain.ledger.TileHashes;
import ai.rails.domain.ledger.TilePath;

import static ai.rails.stream.signer.History.LOG;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/// One signer with two real witnesses: what it signs, and each attack that it must refuse.
class LogSignerTest {
  @TempDir private Path directory;

  private final History history = new History(LOG);
  private SignerWorld world;
  private SignerWorld.Running running;

  @BeforeEach
  void start() throws Exception {
    world = new SignerWorld(directory, 2);
    running = world.run(Faults.none());
  }

  @AfterEach
  void stop() {
    running.close();
    world.close();
  }

  private void restart() {
    running.close();
    running = world.run(Faults.none());
  }

  private void signUpTo(int size) throws Exception {
    running.tell(history.grow(size - history.size(), "entry "), false);
    running.until("size %d is signed".formatted(size), () -> signed() == size);
    running.until("size %d is cosigned".formatted(size), () -> signatures(size) == 3);
  }

  private long signed() {
    return world.store.row(LOG).map(Signed::size).orElse(0L);
  }

  private int signatures(int size) {
    return world.topics.notes().stream()
        .filter(note -> note.text().equals(history.tree(size).text()))
        .mapToInt(note -> note.signatures().size())
        .max()
        .orElse(0);
  }

  private boolean alarmed(Alarm.Code code) {
    return world.topics.alarms().contains(code);
  }

  @Test
  void publishesFirstWithTheLogsSignatureThenWithTheWitnesses() throws Exception {
    signUpTo(7);
    List<Note> notes = world.topics.notes();
    assertThat(notes.getFirst().signatures()).hasSize(1);
    assertThat(notes.getFirst().verified(world.cell.key().named(LOG.name()))).isTrue();
    assertThat(notes.getLast().signatures()).hasSize(3);
    signUpTo(700);
    assertThat(world.witnessed(1, LOG)).contains(history.tree(700));
    assertThat(world.topics.alarms()).isEmpty();
  }

  @Test
  void signsManySmallStepsOverTileBorders() throws Exception {
    for (int size : List.of(1, 2, 3, 255, 256, 257, 511, 512, 513, 1_000, 1_024)) {
      signUpTo(size);
    }
    restart();
    signUpTo(1_025);
    signUpTo(70_000);
    assertThat(world.witnessed(2, LOG)).contains(history.tree(70_000));
  }

  @Test
  void waitsForTilesThatHaveNotCome() throws Exception {
    List<History.Told> told = history.grow(3, "entry ");
    running.tell(told.subList(told.size() - 1, told.size()), false);
    long now = System.nanoTime();
    running.until("a moment has passed", () -> System.nanoTime() - now > 300_000_000L);
    assertThat(signed()).isZero();
    running.tell(told, false);
    running.until("it is signed", () -> signed() == 3);
  }

  @Test
  void doesNotMindHeadsThatItReadsAgain() throws Exception {
    List<History.Told> first = history.grow(3, "entry ");
    List<History.Told> second = history.grow(300, "entry ");
    running.tell(first, false);
    running.tell(second, false);
    running.until("it is signed", () -> signed() == 303);
    restart();
    running.tell(first, true);
    running.until("the old head is done with", () -> running.signer.needed().isEmpty());
    running.tell(second, true);
    running.until("the head is done with", () -> running.signer.needed().isEmpty());
    assertThat(signed()).isEqualTo(303);
    assertThat(world.topics.alarms()).isEmpty();
  }

  @Test
  void refusesAnotherRootAtTheSameSizeAndFreezesTheLog() throws Exception {
    signUpTo(20);
    History fork = history.fork(15);
    running.tell(fork.grow(5, "other "), false);
    running.until("the alarm goes off", () -> alarmed(Alarm.Code.FORK));
    running.tell(history.grow(5, "entry "), false);
    restart();
    running.tell(history.grow(5, "entry "), false);
    long now = System.nanoTime();
    running.until("a moment has passed", () -> System.nanoTime() - now > 300_000_000L);
    assertThat(signed()).isEqualTo(20);
    assertThat(world.store.row(LOG).orElseThrow().frozen()).contains("FORK");
    world.requireNoFork(List.of(history, fork));
  }

  @Test
  void refusesALargerTreeThatDoesNotBeginWithTheSigned() throws Exception {
    signUpTo(20);
    History fork = history.fork(15);
    running.tell(fork.grow(600, "other "), false);
    running.until("the alarm goes off", () -> alarmed(Alarm.Code.FORK));
    assertThat(signed()).isEqualTo(20);
  }

  @Test
  void refusesASmallerHeadAndGoesOnWhenTheLogIsBack() throws Exception {
    signUpTo(20);
    running.tell(history.fork(15).grow(1, "entry "), false);
    running.until("the alarm goes off", () -> alarmed(Alarm.Code.HEAD_BEHIND));
    assertThat(signed()).isEqualTo(20);
    signUpTo(30);
  }

  @Test
  void refusesAHeadWhoseTilesGiveAnotherRoot() throws Exception {
    signUpTo(20);
    List<History.Told> told = new ArrayList<>(history.grow(10, "entry "));
    told.replaceAll(each -> {
      if (each.tile().isPresent()) {
        each.hashes()[each.hashes().length - 1] ^= 1;
      }
      return each;
    });
    running.tell(told, false);
    running.until("the alarm goes off", () -> alarmed(Alarm.Code.FORK));
    assertThat(signed()).isEqualTo(20);
  }

  @Test
  void refusesWhenItsDatabaseWasSetBackAndTheTopicKnows() throws Exception {
    signUpTo(20);
    CheckpointsInMemory.Backup old = world.store.backup();
    signUpTo(40);
    world.store.restore(old);
    restart();
    running.tell(history.fork(20).grow(30, "other "), false);
    running.until("the alarm goes off", () -> alarmed(Alarm.Code.SIGNER_BEHIND));
    assertThat(signed()).isEqualTo(20);
  }

  @Test
  void refusesWhenItsDatabaseWasSetBackAndOnlyTheWitnessesKnow() throws Exception {
    signUpTo(20);
    CheckpointsInMemory.Backup old = world.store.backup();
    signUpTo(40);
    world.store.restore(old);
    world.topics.lose();
    restart();
    running.tell(history.fork(20).grow(30, "other "), false);
    running.until("the alarm goes off", () -> alarmed(Alarm.Code.SIGNER_BEHIND));
    assertThat(signed()).isEqualTo(20);
  }

  @Test
  void refusesWhenItsDatabaseIsNewAndTheWitnessesKnowTheLog() throws Exception {
    CheckpointsInMemory.Backup empty = world.store.backup();
    signUpTo(20);
    world.store.restore(empty);
    world.topics.lose();
    restart();
    running.tell(new History(LOG).grow(30, "other "), false);
    running.until("the alarm goes off", () -> alarmed(Alarm.Code.SIGNER_BEHIND));
    assertThat(signed()).isZero();
  }

  @Test
  void refusesWhenItsDatabaseIsSetBackUnderItsHands() throws Exception {
    signUpTo(20);
    CheckpointsInMemory.Backup old = world.store.backup();
    signUpTo(40);
    world.store.restore(old);
    running.tell(history.grow(10, "entry "), false);
    running.until("the alarm goes off", () -> alarmed(Alarm.Code.SIGNER_BEHIND));
    assertThat(signed()).isEqualTo(20);
  }

  @Test
  void opensNoLogWithoutTheQuorumsWord() throws Exception {
    world.stopWitness(2);
    running.tell(history.grow(20, "entry "), false);
    long now = System.nanoTime();
    running.until("a moment has passed", () -> System.nanoTime() - now > 500_000_000L);
    assertThat(signed()).isZero();
  }

  @Test
  void goesOnSigningWhenAWitnessOfAnOpenLogIsGone() throws Exception {
    signUpTo(20);
    world.stopWitness(2);
    running.tell(history.grow(20, "entry "), false);
    running.until("it is signed", () -> signed() == 40);
    running.until(
        "the other witness has it",
        () -> world.witnessed(1, LOG).equals(Optional.of(history.tree(40))));
    assertThat(signatures(40)).isEqualTo(1);
    assertThat(world.topics.alarms()).isEmpty();
  }

  @Test
  void bringsWitnessesThatMissedMuchUpToDateFromTheTiles() throws Exception {
    var tiles = new HashMap<String, byte[]>();
    world.scans =
        (log, old, size) ->
            Optional.of(
                Proofs.consistency(
                    new TileHashes(
                        (level, index) -> Objects.requireNonNull(tiles.get(level + "/" + index))),
                    old,
                    size));
    signUpTo(100);
    world.muted = true;
    for (int size = 400; size <= 1_000; size += 300) {
      List<History.Told> more = history.grow(300, "entry ");
      running.tell(more, false);
      long wanted = size;
      running.until("it is signed", () -> signed() == wanted);
    }
    world.muted = false;
    restart();
    keep(new History(LOG).grow(1_100, "entry "), tiles);
    signUpTo(1_100);
    assertThat(world.witnessed(2, LOG)).contains(history.tree(1_100));
  }

  @Test
  void keepsLittleInMemoryWhileItCanNotSign() throws Exception {
    world.stopWitness(1);
    for (int i = 0; i < 30; i++) {
      running.tell(history.grow(1_000, "entry "), false);
    }
    LogState state = new LogState(LOG);
    state.knows(0);
    long offset = 0;
    for (History.Told each : new History(LOG).grow(100_000, "entry ")) {
      long at = offset++;
      each.tile().ifPresent(path -> state.tile(path, each.hashes(), at));
      each.head().ifPresent(head -> state.head(new LogState.Waiting(head, at, false, 0)));
    }
    assertThat(state.tiles().size()).isLessThanOrEqualTo(6);
  }

  @Test
  void knowsItsTilesAndOrigins() {
    assertThat(LogName.ofTile("c1", "t1", "ops/e/1/tile/0/001.p/112".getBytes(UTF_8), 3))
        .contains(
            new LogName.Tile(
                new LogName(new Origin("c1", "t1", "ops", 1), 3), new TilePath(0, 1, 112)));
    for (String wrong :
        List.of("ops/e/0/tile/0/001", "ops/tile/0/001", "o s/e/1/tile/0/001", "ops/e/1/tile/0/1")) {
      assertThat(LogName.ofTile("c1", "t1", wrong.getBytes(UTF_8), 3)).isEmpty();
    }
    assertThat(LogName.ofOrigin("c1", "ledger.c2/t/t1/w/ops/e/1", 0)).isEmpty();
    assertThat(LogName.ofOrigin("c1", "ledger.c1/t/t1/w/ops/e/1", 2))
        .contains(new LogName(new Origin("c1", "t1", "ops", 1), 2));
  }

  private static void keep(List<History.Told> told, Map<String, byte[]> tiles) {
    for (History.Told each : told) {
      each.tile()
          .ifPresent(path ->
              tiles.merge(
                  path.level() + "/" + path.index(),
                  each.hashes(),
                  (a, b) -> a.length >= b.length ? a : b));
    }
  }
}
