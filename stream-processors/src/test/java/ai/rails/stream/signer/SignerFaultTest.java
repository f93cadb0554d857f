package ai.rails.stream.signer;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.domain.checkpoint.Checkpoint;

import static ai.rails.stream.signer.History.LOG;
import static org.assertj.core.api.Assertions.assertThat;

/// Kills signers before and after every durable step: table, topics, witness. Whatever happens, no
/// two checkpoints that ever left contradict each other; and when nothing attacks, the last head is
/// signed and cosigned in the end. `-Drails.seeds=N` runs more of the random ones.
class SignerFaultTest {
  private static final int SEEDS = Integer.getInteger("rails.seeds", 40);
  private static final int STEPS_OF_A_LIFE = 60;

  @TempDir private Path directory;

  @Test
  void signsNoForkWhereverItIsKilledAndFinishesAfterwards() throws Exception {
    for (int steps = 0; steps < STEPS_OF_A_LIFE; steps++) {
      try (var world = new SignerWorld(directory.resolve("k" + steps), 1)) {
        History history = new History(LOG);
        List<History.Told> first = history.grow(5, "entry ");
        List<History.Told> second = history.grow(300, "entry ");
        boolean finished;
        try (SignerWorld.Running killed = world.run(new Faults(steps))) {
          finished = lives(world, killed, history, first, second);
        }
        try (SignerWorld.Running next = world.run(Faults.none())) {
          next.tell(first, true);
          next.tell(second, true);
          next.until("all is cosigned", () -> cosigned(world, history));
        }
        world.requireNoFork(List.of(history));
        assertThat(world.topics.alarms()).as("killed after %d steps", steps).isEmpty();
        if (finished) {
          return; // it lives long enough to meet every step
        }
      }
    }
    throw new AssertionError("no life met every step");
  }

  private static boolean lives(
      SignerWorld world,
      SignerWorld.Running running,
      History history,
      List<History.Told> first,
      List<History.Told> second)
      throws Exception {
    running.tell(first, false);
    running.until("the first is signed", () -> signed(world, 5));
    running.tell(second, false);
    running.until("the second is signed", () -> signed(world, 305));
    running.until("the second is cosigned", () -> cosigned(world, history));
    return !running.faults.dead();
  }

  @Test
  void signsNoForkWhateverIsKilledSetBackOrTold() throws Exception {
    for (long seed = 0; seed < SEEDS; seed++) {
      try (var world = new SignerWorld(directory.resolve("s" + seed), 1 + (int) (seed % 2))) {
        new Story(world, seed).tell();
      }
    }
  }

  /// Kafka is rolled back and grows anew, the database is restored, signers die: all at random.
  private static final class Story {
    private final SignerWorld world;
    private final Random random;
    private final long seed;
    private final List<History> histories = new ArrayList<>();
    private final List<List<History.Told>> topic = new ArrayList<>();
    private History current = new History(LOG);

    Story(SignerWorld world, long seed) {
      this.world = world;
      this.seed = seed;
      this.random = new Random(seed);
      histories.add(current);
    }

    void tell() throws Exception {
      CheckpointsInMemory.Backup backup = world.store.backup();
      for (int life = 0; life < 6; life++) {
        switch (random.nextInt(5)) {
          case 0 -> rollKafkaBack();
          case 1 -> world.store.restore(backup);
          case 2 -> backup = world.store.backup();
          default -> {}
        }
        try (SignerWorld.Running running = world.run(new Faults(random.nextInt(40)))) {
          topic.forEach(told -> running.tell(told, true));
          for (int i = 0; i < 3; i++) {
            List<History.Told> more =
                current.grow(1 + random.nextInt(400), "s%d l%d ".formatted(seed, life));
            topic.add(more);
            running.tell(more, false);
            long now = System.nanoTime();
            long pause = random.nextInt(30) * 1_000_000L;
            running.until("a moment has passed", () -> System.nanoTime() - now > pause);
          }
        }
      }
      world.requireNoFork(histories);
    }

    private void rollKafkaBack() {
      int common = current.size() == 0 ? 0 : random.nextInt(current.size());
      current = current.fork(common);
      histories.add(current);
      topic.clear();
      topic.add(current.grow(1, "retold %d ".formatted(histories.size())));
    }
  }

  private static boolean signed(SignerWorld world, long size) {
    return world.store.row(LOG).map(Signed::size).orElse(0L) == size;
  }

  private static boolean cosigned(SignerWorld world, History history) {
    Checkpoint last = history.tree(history.size());
    return world.topics.notes().stream()
        .anyMatch(note -> note.text().equals(last.text()) && note.signatures().size() == 2);
  }
}
