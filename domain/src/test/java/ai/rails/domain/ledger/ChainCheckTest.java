package ai.rails.domain.ledger;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.LongStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import ai.rails.domain.EntryType;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// Whatever one does to a random log is found, if not by a leaf then by the head.
class ChainCheckTest {
  private static final Origin ORIGIN = new Origin("c1.airails.internal", "t-1", "w1", 1);

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 20);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void acceptsARandomLog(long seed) {
    var log = new LogInMemory(ORIGIN);
    List<byte[]> leaves = randomLog(log, new Random(seed));

    assertThat(check(leaves)).isEqualTo(log.head());
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void findsAChangedByte(long seed) {
    var log = new LogInMemory(ORIGIN);
    var random = new Random(seed);
    List<byte[]> leaves = randomLog(log, random);
    for (int i = 0; i < 100; i++) {
      var altered = new ArrayList<>(leaves);
      int at = random.nextInt(leaves.size());
      byte[] leaf = leaves.get(at).clone();
      leaf[random.nextInt(leaf.length)] ^= (byte) (1 << random.nextInt(8));
      altered.set(at, leaf);

      assertFound(altered, log.head());
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void findsAnInsertedADroppedAMovedAndADoubledLeaf(long seed) {
    var log = new LogInMemory(ORIGIN);
    var random = new Random(seed);
    List<byte[]> leaves = randomLog(log, random);
    List<byte[]> others = randomLog(new LogInMemory(ORIGIN), new Random(seed + 1_000));
    for (int i = 0; i < 50; i++) {
      int at = random.nextInt(leaves.size() - 1);

      var inserted = new ArrayList<>(leaves);
      inserted.add(at, others.get(Math.min(at, others.size() - 1)));
      assertFound(inserted, log.head());

      var dropped = new ArrayList<>(leaves);
      dropped.remove(at);
      assertFound(dropped, log.head());

      var moved = new ArrayList<>(leaves);
      Collections.swap(moved, at, at + 1 + random.nextInt(leaves.size() - at - 1));
      assertFound(moved, log.head());

      var doubled = new ArrayList<>(leaves);
      doubled.add(at, leaves.get(at));
      assertFound(doubled, log.head());
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void findsACutTailByTheHead(long seed) {
    var log = new LogInMemory(ORIGIN);
    List<byte[]> leaves = randomLog(log, new Random(seed));

    assertThat(check(leaves.subList(0, leaves.size() - 1))).isNotEqualTo(log.head());
  }

  /// Someone who may rewrite the whole log can make the chain fit, but not a run's strand as well
  /// without its entries.
  @Test
  void findsAnEntryOfARunThatWasLeftOutWhenTheLogWasRewritten() {
    String run = "run-1";
    var complete = new LogInMemory(ORIGIN);
    complete.append(event(1, EntryType.TRIGGER_RECEIVED, run));
    complete.append(event(2, EntryType.TOOL_ACTION_EXECUTED, run));
    Leaf last = Leaf.parse(complete.append(event(3, EntryType.WORKFLOW_COMPLETED, run)));
    var rewritten = new LogInMemory(ORIGIN);
    byte[] first = rewritten.append(event(1, EntryType.TRIGGER_RECEIVED, run));
    Leaf moved =
        new Leaf(
            last.eventId(),
            last.eventSha256(),
            last.eventType(),
            last.log(),
            Sha256.ofLeaf(first),
            last.schema(),
            2,
            last.time(),
            last.run(),
            last.workflow());

    var check = new ChainCheck(ORIGIN);
    check.accept(first);

    assertThatThrownBy(() -> check.accept(moved.bytes()))
        .hasMessageContaining("position 2: run_seq, run_prev or run_count");
  }

  @Test
  void refusesALeafOfAnotherLog() {
    byte[] leaf =
        new LogInMemory(new Origin("c1.airails.internal", "t-2", "w1", 1))
            .append(event(1, EntryType.TRIGGER_RECEIVED, "r"));

    assertThatThrownBy(() -> new ChainCheck(ORIGIN).accept(leaf))
        .hasMessageContaining("it belongs to another log");
  }

  private static void assertFound(List<byte[]> leaves, LedgerHead head) {
    Optional<LedgerHead> found;
    try {
      found = Optional.of(check(leaves));
    } catch (IllegalArgumentException e) {
      found = Optional.empty();
    }
    assertThat(found).isNotEqualTo(Optional.of(head));
  }

  private static LedgerHead check(List<byte[]> leaves) {
    var check = new ChainCheck(ORIGIN);
    leaves.forEach(check::accept);
    return check.head();
  }

  private static List<byte[]> randomLog(LogInMemory log, Random random) {
    var leaves = new ArrayList<byte[]>();
    EntryType[] types = EntryType.values();
    long time = 1_763_750_000_000L;
    int size = 3 + random.nextInt(60);
    for (int position = 1; position <= size; position++) {
      time += random.nextInt(3);
      EntryType type =
          random.nextInt(3) == 0 ? EntryType.TRIGGER_RECEIVED : types[random.nextInt(types.length)];
      leaves.add(
          log.append(
              new LedgerRow(
                  position,
                  time,
                  Long.toString(random.nextLong()).getBytes(StandardCharsets.US_ASCII),
                  "event-" + random.nextInt(1_000),
                  type,
                  "ab".repeat(32),
                  random.nextInt(4) == 0
                      ? Optional.empty()
                      : Optional.of("run-" + random.nextInt(5)),
                  random.nextInt(4) == 0
                      ? Optional.empty()
                      : Optional.of("wf-" + random.nextInt(3)))));
    }
    return leaves;
  }

  private static LedgerRow event(long position, EntryType type, String run) {
    return new LedgerRow(
        position,
        1_763_750_000_000L,
        new byte[] {(byte) position},
        "event-" + position,
        type,
        "ab".repeat(32),
        Optional.of(run),
        Optional.empty());
  }
}
