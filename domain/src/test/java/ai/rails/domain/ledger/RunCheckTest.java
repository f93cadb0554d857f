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
import ai.rails.domain.ledger.Completeness.Kind;

import static org.assertj.core.api.Assertions.assertThat;

/// Whatever one does to the entries of a run is found from these entries alone.
class RunCheckTest {
  private static final Origin ORIGIN = new Origin("c1.airails.internal", "t-1", "w1", 1);
  private static final int RUNS = 4;

  static LongStream seeds() {
    return LongStream.rangeClosed(1, 20);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void acceptsTheEntriesOfARunAndOfAWorkflow(long seed) {
    List<byte[]> log = randomLog(seed);

    for (int run = 0; run < RUNS; run++) {
      List<byte[]> leaves = ofRun(log, run);
      Completeness found = checkRun(run, leaves);
      assertThat(found.complete()).as(found.toString()).isTrue();
      assertThat(found.entries()).isEqualTo(leaves.size());
    }
    List<byte[]> leaves = ofWorkflow(log, "wf-0");
    assertThat(checkWorkflow(leaves, Optional.of((long) leaves.size())).complete()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void findsEverySingleLeafThatWasDropped(long seed) {
    List<byte[]> log = randomLog(seed);
    for (int run = 0; run < RUNS; run++) {
      List<byte[]> leaves = ofRun(log, run);
      for (int at = 0; at < leaves.size(); at++) {
        var dropped = new ArrayList<>(leaves);
        dropped.remove(at);
        Completeness found = checkRun(run, dropped);
        assertThat(found.complete()).isFalse();
        assertThat(found.problem().orElseThrow().kind())
            .isEqualTo(at == leaves.size() - 1 ? Kind.MISSING_END : Kind.GAP);
      }
    }
    List<byte[]> leaves = ofWorkflow(log, "wf-0");
    for (int at = 0; at < leaves.size(); at++) {
      var dropped = new ArrayList<>(leaves);
      dropped.remove(at);
      assertThat(checkWorkflow(dropped, Optional.of((long) leaves.size())).complete()).isFalse();
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void findsLeavesThatWereReorderedOrDoubled(long seed) {
    List<byte[]> log = randomLog(seed);
    for (int run = 0; run < RUNS; run++) {
      List<byte[]> leaves = ofRun(log, run);
      for (int at = 0; at < leaves.size(); at++) {
        var doubled = new ArrayList<>(leaves);
        doubled.add(at, leaves.get(at));
        assertThat(checkRun(run, doubled).complete()).isFalse();
        for (int other = at + 1; other < leaves.size(); other++) {
          var moved = new ArrayList<>(leaves);
          Collections.swap(moved, at, other);
          assertThat(checkRun(run, moved).complete()).isFalse();
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void findsALeafOfAnotherRunOrWorkflowOrLog(long seed) {
    List<byte[]> log = randomLog(seed);
    List<byte[]> elsewhere = randomLog(seed, new Origin("c1.airails.internal", "t-2", "w1", 1));
    for (int run = 0; run < RUNS; run++) {
      List<byte[]> leaves = ofRun(log, run);
      List<byte[]> others = ofRun(log, (run + 1) % RUNS);
      List<byte[]> foreign = ofRun(elsewhere, run);
      for (int at = 0; at < leaves.size(); at++) {
        assertThat(checkRun(run, swapped(leaves, at, others)).complete()).isFalse();
        assertThat(checkRun(run, swapped(leaves, at, foreign)).problem().orElseThrow().kind())
            .isEqualTo(Kind.FOREIGN);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void findsAnyChangedBit(long seed) {
    var random = new Random(seed);
    List<byte[]> leaves = ofRun(randomLog(seed), 0);
    for (int i = 0; i < 200; i++) {
      // The last leaf is held by nothing behind it but its inclusion proof.
      int at = random.nextInt(leaves.size() - 1);
      byte[] changed = leaves.get(at).clone();
      changed[random.nextInt(changed.length)] ^= (byte) (1 << random.nextInt(8));
      var altered = new ArrayList<>(leaves);
      altered.set(at, changed);
      assertThat(checkRun(0, altered).complete()).isFalse();
    }
  }

  @Test
  void numbersWhatCameAfterTheEndToo() {
    var log = new LogInMemory(ORIGIN);
    var leaves = new ArrayList<byte[]>();
    leaves.add(log.append(event(1, EntryType.TRIGGER_RECEIVED, 0)));
    leaves.add(log.append(event(2, EntryType.RUN_CANCELLED, 0)));
    leaves.add(log.append(event(3, EntryType.TOOL_ACTION_EXECUTED, 0)));
    leaves.add(log.append(event(4, EntryType.RUN_ERASED, 0)));

    assertThat(checkRun(0, leaves)).isEqualTo(new Completeness(4, 0, true, Optional.empty()));
    for (int at = 0; at < 3; at++) {
      var dropped = new ArrayList<>(leaves);
      dropped.remove(at);
      assertThat(checkRun(0, dropped).problem().orElseThrow().kind()).isEqualTo(Kind.GAP);
    }
  }

  /// As releases before 0.4 wrote them.
  @Test
  void acceptsWhatCameAfterTheEndWithoutANumberAndCountsIt() {
    var log = new LogInMemory(ORIGIN);
    var leaves = new ArrayList<byte[]>();
    leaves.add(log.append(event(1, EntryType.TRIGGER_RECEIVED, 0)));
    leaves.add(log.append(event(2, EntryType.RUN_CANCELLED, 0)));
    leaves.add(log.appendUnnumbered(event(3, EntryType.TOOL_ACTION_EXECUTED, 0)));
    var chain = new ChainCheck(ORIGIN);
    leaves.forEach(chain::accept);

    assertThat(checkRun(0, leaves)).isEqualTo(new Completeness(2, 1, true, Optional.empty()));
    chain.accept(log.append(event(4, EntryType.RUN_ERASED, 0)));
    byte[] after = log.appendUnnumbered(event(5, EntryType.TOOL_ACTION_EXECUTED, 0));
    org.assertj.core.api.Assertions.assertThatIllegalArgumentException()
        .isThrownBy(() -> chain.accept(after))
        .withMessageContaining("has no number");
  }

  @Test
  void saysThatARunHasNotEnded() {
    var log = new LogInMemory(ORIGIN);
    List<byte[]> leaves = List.of(log.append(event(1, EntryType.TRIGGER_RECEIVED, 0)));

    assertThat(checkRun(0, leaves).problem().orElseThrow().kind()).isEqualTo(Kind.MISSING_END);
    assertThat(checkRun(0, List.of()).complete()).isFalse();
  }

  private static List<byte[]> swapped(List<byte[]> leaves, int at, List<byte[]> others) {
    var swapped = new ArrayList<>(leaves);
    swapped.set(at, others.get(Math.min(at, others.size() - 1)));
    return swapped;
  }

  private static Completeness checkRun(int run, List<byte[]> leaves) {
    return RunCheck.ofRun(ORIGIN, "run-" + run, leaves);
  }

  private static Completeness checkWorkflow(List<byte[]> leaves, Optional<Long> size) {
    return RunCheck.ofWorkflow(ORIGIN, "wf-0", leaves, size);
  }

  private static List<byte[]> ofRun(List<byte[]> log, int run) {
    return log.stream()
        .filter(leaf ->
            Leaf.parse(leaf).run().map(part -> part.run().equals("run-" + run)).orElse(false))
        .toList();
  }

  private static List<byte[]> ofWorkflow(List<byte[]> log, String workflow) {
    return log.stream()
        .filter(leaf ->
            Leaf.parse(leaf).workflow().map(part -> part.workflow().equals(workflow)).orElse(false))
        .toList();
  }

  private static List<byte[]> randomLog(long seed) {
    return randomLog(seed, ORIGIN);
  }

  /// Runs that overlap, all of which begin and end.
  private static List<byte[]> randomLog(long seed, Origin origin) {
    var random = new Random(seed);
    var log = new LogInMemory(origin);
    var leaves = new ArrayList<byte[]>();
    int position = 0;
    for (int run = 0; run < RUNS; run++) {
      leaves.add(log.append(event(++position, EntryType.TRIGGER_RECEIVED, run)));
    }
    for (int i = random.nextInt(40); i > 0; i--) {
      leaves.add(
          log.append(event(++position, EntryType.TOOL_ACTION_EXECUTED, random.nextInt(RUNS))));
    }
    for (int run = 0; run < RUNS; run++) {
      leaves.add(log.append(event(++position, EntryType.WORKFLOW_COMPLETED, run)));
    }
    return leaves;
  }

  private static LedgerRow event(long position, EntryType type, int run) {
    return new LedgerRow(
        position,
        1_763_750_000_000L,
        Long.toString(position).getBytes(StandardCharsets.US_ASCII),
        "event-" + position,
        type,
        "ab".repeat(32),
        Optional.of("run-" + run),
        Optional.of("wf-" + run % 2));
  }
}
