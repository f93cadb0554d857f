package ai.rails.projection.feed;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import ai.rails.domain.run.RunEvent;
import ai.rails.platform.postgres.Database;
import ai.rails.projection.Projections;
import ai.rails.projection.SampleRun;
import ai.rails.projection.TestLog;
import ai.rails.projection.feed.Folding.Folded;
import ai.rails.projection.feed.Folding.Received;
import ai.rails.projection.jooq.TestDatabase;
import ai.rails.schema.LedgerRecord;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// A position is folded once, in order, and only with the leaf that belongs to it.
class FoldingTest {
  private static final String TOPIC = "t.t1.ledger.v1";
  private static TestDatabase postgres;
  private static Database database;
  private static Folding folding;

  private final TestLog log = new TestLog("t1", "ws1");

  @BeforeAll
  static void start() throws Exception {
    postgres = TestDatabase.start();
    database = postgres.open();
    folding = new Folding(database, Projections.ALL, TestLog.EVENTS);
  }

  @AfterAll
  static void stop() throws Exception {
    database.close();
    postgres.close();
  }

  @BeforeEach
  void empty() {
    folding.reset();
  }

  @Test
  void redeliveredBatchChangesNothing() {
    List<Received> batch = received(0, log.append(new SampleRun("r1").whole()));
    folding.fold(TOPIC, 0, batch);
    String once = ViewHash.of(database);

    Folded again = folding.fold(TOPIC, 0, batch);

    assertThat(again).isEqualTo(new Folded(Map.of(), 0));
    assertThat(ViewHash.of(database)).isEqualTo(once);
    assertThat(folding.offset(TOPIC, 0)).contains((long) batch.size());
  }

  @Test
  void olderBatchDoesNotMoveTheOffsetBack() {
    List<Received> batch = received(0, log.append(new SampleRun("r1").whole()));
    folding.fold(TOPIC, 0, batch);

    folding.fold(TOPIC, 0, batch.subList(0, 3));

    assertThat(folding.offset(TOPIC, 0)).contains((long) batch.size());
  }

  @Test
  void missingPositionStopsAndLeavesNothingBehind() {
    List<byte[]> records = log.append(new SampleRun("r1").whole());
    folding.fold(TOPIC, 0, received(0, records.subList(0, 2)));
    String before = ViewHash.of(database);

    assertThatThrownBy(() -> folding.fold(TOPIC, 0, received(3, records.subList(3, 5))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("log t1/ws1 has position 4 after 2");

    assertThat(ViewHash.of(database)).isEqualTo(before);
    assertThat(folding.offset(TOPIC, 0)).contains(2L);
  }

  @Test
  void firstPositionThatIsNotOneStops() {
    List<byte[]> records = log.append(new SampleRun("r1").whole());

    assertThatThrownBy(() -> folding.fold(TOPIC, 0, received(0, records.subList(1, 2))))
        .hasMessageContaining("position 2 after 0");
  }

  @Test
  void leafOfAnotherEventStops() {
    LedgerRecord first = log.record(new SampleRun("r1").triggered());
    LedgerRecord other = new TestLog("t1", "ws1").record(new SampleRun("r2").triggered());

    assertStops(TestLog.encode(new LedgerRecord(first.leaf(), other.event())), "event_sha256");
  }

  @Test
  void leafOfAnotherWorkspacesLogStops() {
    LedgerRecord own = log.record(new SampleRun("r1").triggered());
    LedgerRecord foreign = new TestLog("t1", "ws2").record(new SampleRun("r1").triggered());
    String forged = text(own.leaf()).replace("/w/ws1/", "/w/ws2/");

    assertStops(TestLog.encode(new LedgerRecord(bytes(forged), own.event())), "log differs");
    assertThat(folding.fold(TOPIC, 0, received(0, List.of(TestLog.encode(foreign)))).entries())
        .isEqualTo(1);
  }

  @Test
  void leafThatNamesAnotherRunStops() {
    LedgerRecord own = log.record(new SampleRun("r1").triggered());
    String forged = text(own.leaf()).replace("\"run\":\"r1\"", "\"run\":\"r9\"");

    assertStops(TestLog.encode(new LedgerRecord(bytes(forged), own.event())), "run differs");
  }

  @Test
  void leafThatDoesNotFollowTheLastOneStops() {
    folding.fold(TOPIC, 0, received(0, log.append(List.of(new SampleRun("r1").triggered()))));
    TestLog fork = new TestLog("t1", "ws1");
    List<byte[]> forked = fork.append(new SampleRun("r2").whole().subList(0, 2));

    assertStops(forked.get(1), "leaf 2 of log t1/ws1 does not follow leaf 1");
  }

  @Test
  void firstLeafThatDoesNotFollowItsGenesisStops() {
    LedgerRecord own = log.record(new SampleRun("r1").triggered());
    String forged =
        text(own.leaf())
            .replaceAll("\"prev\":\"[0-9a-f]{64}\"", "\"prev\":\"" + "0".repeat(64) + '"');

    assertStops(TestLog.encode(new LedgerRecord(bytes(forged), own.event())), "does not follow");
  }

  @Test
  void eventInAnotherTenantsTopicStops() {
    byte[] record = log.append(new SampleRun("r1").triggered());

    assertThatThrownBy(() -> folding.fold("t.t2.ledger.v1", 0, received(0, List.of(record))))
        .hasMessageContaining("tenant t1 came through topic t.t2.ledger.v1");
  }

  @Test
  void garbageStops() {
    assertThatThrownBy(() -> folding.fold(TOPIC, 0, received(0, List.of(new byte[] {1, 2, 3}))))
        .isInstanceOf(RuntimeException.class);
    assertThat(folding.heads()).isEmpty();
  }

  @Test
  void boundedFoldingStopsAtItsHeadsAndKeepsTheOffsetBeforeThem() {
    List<byte[]> records = log.append(new SampleRun("r1").whole());

    Folded folded = folding.upTo(Map.of("t1/ws1", 5L)).fold(TOPIC, 0, received(0, records));

    assertThat(folded).isEqualTo(new Folded(Map.of("t1/ws1", 5L), 5));
    assertThat(folding.offset(TOPIC, 0)).contains(0L);
    assertThat(folding.fold(TOPIC, 0, received(0, records)).entries())
        .isEqualTo(records.size() - 5);
  }

  /// However Kafka cuts and repeats what it delivers, the views are the same.
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void rebuildFromZeroEqualsLive(long seed) {
    Random random = new Random(seed);
    Map<String, List<byte[]>> topics = history(random);
    topics.forEach((topic, records) -> deliver(random, topic, records));
    String live = ViewHash.of(database);
    Map<String, Long> heads = folding.heads();

    folding.reset();
    assertThat(ViewHash.of(database)).isNotEqualTo(live);
    topics.forEach((topic, records) -> folding.fold(topic, 0, received(0, records)));

    assertThat(ViewHash.of(database)).isEqualTo(live);
    assertThat(folding.heads()).isEqualTo(heads).hasSize(4);
  }

  /// Two tenants with two workspaces each; runs overlap, some are still under way.
  private static Map<String, List<byte[]>> history(Random random) {
    Map<String, List<byte[]>> topics = new HashMap<>();
    for (String tenant : List.of("t1", "t2")) {
      List<TestLog> logs = List.of(new TestLog(tenant, "ws1"), new TestLog(tenant, "ws2"));
      List<List<RunEvent>> runs = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        List<RunEvent> whole = new SampleRun("r" + i).whole();
        int length = 1 + random.nextInt(whole.size());
        runs.add(new ArrayList<>(whole.subList(0, length)));
      }
      List<byte[]> records = new ArrayList<>();
      while (runs.stream().anyMatch(run -> !run.isEmpty())) {
        int i = random.nextInt(runs.size());
        if (!runs.get(i).isEmpty()) {
          records.add(logs.get(i % 2).append(runs.get(i).removeFirst()));
        }
      }
      topics.put("t.%s.ledger.v1".formatted(tenant), records);
    }
    return topics;
  }

  private static void deliver(Random random, String topic, List<byte[]> records) {
    int from = 0;
    while (from < records.size()) {
      int to = Math.min(records.size(), from + 1 + random.nextInt(20));
      folding.fold(topic, 0, received(from, records.subList(from, to)));
      from = random.nextInt(4) == 0 ? Math.max(0, to - random.nextInt(30)) : to;
    }
  }

  private static void assertStops(byte[] record, String reason) {
    assertThatThrownBy(() -> folding.fold(TOPIC, 0, received(1, List.of(record))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(reason);
  }

  private static List<Received> received(long offset, List<byte[]> records) {
    List<Received> received = new ArrayList<>();
    for (byte[] record : records) {
      received.add(new Received(offset + received.size(), record));
    }
    return received;
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.US_ASCII);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
