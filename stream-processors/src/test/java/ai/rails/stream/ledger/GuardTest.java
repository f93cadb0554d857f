package ai.rails.stream.ledger;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.TreeMap;

import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import ai.rails.domain.ledger.Origin;
import ai.rails.schema.LedgerRecord;
import ai.rails.schema.LedgerRecordCodec;
import ai.rails.schema.Topics;
import ai.rails.stream.ledger.Sources.Stream;

import static ai.rails.stream.ledger.TestEvents.NOON;
import static ai.rails.stream.ledger.TestEvents.events;
import static org.assertj.core.api.Assertions.assertThat;

/// A task's memory after something happened to it, or to the topics, while the task was down.
class GuardTest {
  private static final String DOMAIN = "c1.airails.internal";
  private static final int SIZE = 300;

  @TempDir Path directory;
  private final TopicsInMemory topics = new TopicsInMemory();
  private final Map<String, String> tiles = new TreeMap<>();
  private List<TestRecord<byte[], byte[]>> events = new ArrayList<>();
  private TopologyTestDriver driver;

  @BeforeEach
  void chainEvents() {
    var settings = new Properties();
    settings.put("application.id", "rails-ledger");
    settings.put("bootstrap.servers", "none:1");
    settings.put("state.dir", directory.toString());
    driver =
        new TopologyTestDriver(
            LedgerTopology.of(
                "c1",
                DOMAIN,
                TestEvents.CODEC,
                new TopicsInMemory(),
                new LedgerCounters(),
                (a, b, c) -> {}),
            settings,
            Instant.ofEpochMilli(NOON));
    events = events("t-1", "w1", SIZE, 1);
    chain(0, SIZE);
    startGuard();
  }

  @AfterEach
  void stop() {
    driver.close();
  }

  @Test
  void saysNothingWhenAllIsAsItWas() {
    Started again = startGuard();

    assertThat(again.alarms()).isEmpty();
    assertThat(again.frozen()).isFalse();
  }

  @Test
  void computesTheTreeOfAnInstallationFromBeforeTreesAndGivesTheSameTiles() {
    Map<String, String> before = memory("heads", "trees");
    clear("trees");
    clear("edges");

    Started again = startGuard();

    assertThat(again.alarms()).containsExactly(Alarm.Code.REBUILT);
    assertThat(again.frozen()).isFalse();
    assertThat(memory("heads", "trees")).isEqualTo(before);
    assertThat(again.tiles()).isEqualTo(tiles);
  }

  @Test
  void computesAStoreThatWasWipedAgain() {
    Map<String, String> before = memory("heads", "trees");
    List.of("heads", "trees", "edges").forEach(this::clear);

    Started again = startGuard();

    assertThat(again.alarms()).containsExactly(Alarm.Code.REBUILT);
    assertThat(memory("heads", "trees")).isEqualTo(before);
    assertThat(again.tiles()).isEqualTo(tiles);
  }

  @Test
  void bringsAnOlderCopyOfTheStoreUpToTheLedgerTopic() {
    Map<String, String> older = memory("heads", "trees", "edges");
    events = events("t-1", "w1", SIZE + 50, 1);
    chain(SIZE, SIZE + 50);
    Map<String, String> newer = memory("heads", "trees");
    restore(older);

    Started again = startGuard();

    assertThat(again.alarms()).containsExactly(Alarm.Code.REBUILT);
    assertThat(again.frozen()).isFalse();
    assertThat(logsOf(memory("heads", "trees"))).isEqualTo(logsOf(newer));
  }

  @ParameterizedTest
  @ValueSource(strings = {"heads", "trees", "edges"})
  void freezesALogWhoseStoreWasChanged(String store) {
    KeyValueStore<String, byte[]> changed = driver.getKeyValueStore(store);
    String key = store.equals("edges") ? "t-1|w1|0|01" : "t-1|w1";
    byte[] value = Objects.requireNonNull(changed.get(key)).clone();
    value[20] ^= 1;
    changed.put(key, value);

    Started again = startGuard();

    assertThat(again.alarms()).containsExactly(Alarm.Code.FROZEN);
    assertThat(again.frozen()).isTrue();
  }

  @Test
  void freezesATenantWhoseLedgerTopicWasCut() {
    topics.removeLast(Topics.ledger("t-1"));

    Started again = startGuard();

    assertThat(again.alarms()).contains(Alarm.Code.TOPIC_CUT);
    assertThat(again.frozen()).isTrue();
  }

  @Test
  void freezesALogThatIsLongerThanItsTopicAlsoWhenTheTopicsEndIsNotRemembered() {
    topics.removeLast(Topics.ledger("t-1"));
    driver.getKeyValueStore("trees").delete("t-1#2");

    Started again = startGuard();

    assertThat(again.alarms()).containsExactly(Alarm.Code.FROZEN);
    assertThat(again.frozen()).isTrue();
  }

  @Test
  void freezesALogWhoseTopicIsEmptyAlsoWhenTheTopicsEndIsNotRemembered() {
    topics.empty(Topics.ledger("t-1"));
    driver.getKeyValueStore("trees").delete("t-1#2");

    Started again = startGuard();

    assertThat(again.alarms()).containsExactly(Alarm.Code.FROZEN);
    assertThat(again.frozen()).isTrue();
  }

  @Test
  void noticesWhatIsCutAfterTheLastLook() {
    Guard guard = guard(trees(new ArrayList<>()));
    guard.start();
    guard.read("t-1", SIZE);
    events = events("t-1", "w1", SIZE + 1, 1);
    chain(SIZE, SIZE + 1);
    guard.watchBusy();
    topics.removeLast(Topics.ledger("t-1"));

    guard.watchBusy();

    assertThat(guard.alarms()).extracting(Alarm::code).contains(Alarm.Code.TOPIC_CUT);
  }

  @ParameterizedTest
  @EnumSource(Stream.class)
  void seesThatATopicWasMadeAgain(Stream stream) {
    topics.makeAgain(stream.topic("t-1"));

    Started again = startGuard();

    assertThat(again.alarms()).contains(Alarm.Code.TOPIC_RECREATED);
    assertThat(again.frozen()).isEqualTo(stream == Stream.LEDGER);
    assertThat(again.alarms().contains(Alarm.Code.REBUILT))
        .isEqualTo(stream == Stream.TILES || stream == Stream.TREEHEADS);
  }

  @Test
  void doesNotTakeAForgedLeafFromTheTopicWhenTheStoreIsLost() {
    List.of("heads", "trees", "edges").forEach(this::clear);
    TestRecord<byte[], byte[]> leaf = given.getLast();
    LedgerRecord record = new LedgerRecordCodec().decode(leaf.value());
    String forged =
        new String(record.leaf(), StandardCharsets.US_ASCII)
            .replaceFirst("\"event_sha256\":\"..", "\"event_sha256\":\"00");
    topics.add(
        Topics.ledger("t-1"),
        "w1",
        new LedgerRecordCodec()
            .encode(new LedgerRecord(forged.getBytes(StandardCharsets.US_ASCII), record.event())));

    Started again = startGuard();

    assertThat(again.alarms()).containsExactly(Alarm.Code.FROZEN);
    assertThat(again.frozen()).isTrue();
    assertThat(again.tiles()).isEmpty();
  }

  private final List<TestRecord<byte[], byte[]>> given = new ArrayList<>();

  /// Pipes events through and puts what comes out into the topics.
  private void chain(int from, int to) {
    driver
        .createInputTopic(
            Topics.events("t-1"), new ByteArraySerializer(), new ByteArraySerializer())
        .pipeRecordList(events.subList(from, to));
    driver.advanceWallClockTime(Trees.HEAD_WITHIN);
    events
        .subList(from, to)
        .forEach(event -> topics.add(Topics.events("t-1"), "w1", event.value()));
    for (Stream stream : List.of(Stream.LEDGER, Stream.TILES, Stream.TREEHEADS)) {
      String topic = stream.topic("t-1");
      driver
          .createOutputTopic(topic, new ByteArrayDeserializer(), new ByteArrayDeserializer())
          .readRecordsToList()
          .forEach(record -> put(stream, topic, record));
    }
  }

  private void put(Stream stream, String topic, TestRecord<byte[], byte[]> record) {
    String key = new String(record.key(), StandardCharsets.UTF_8);
    if (record.value() == null) {
      tiles.remove(key);
      return;
    }
    topics.add(topic, key, record.value());
    if (stream == Stream.TILES) {
      tiles.put(key, text(record.value()));
    } else if (stream == Stream.LEDGER) {
      given.add(record);
    }
  }

  private record Started(List<Alarm.Code> alarms, boolean frozen, Map<String, String> tiles) {}

  private Started startGuard() {
    var out = new ArrayList<Record<Routed, byte[]>>();
    Trees given = trees(out);
    Guard guard = guard(given);
    guard.start();
    List<Alarm.Code> alarms = guard.alarms().stream().map(Alarm::code).toList();
    given.giveAgain();
    var again = new TreeMap<String, String>();
    out.forEach(tile ->
        again.put(new String(tile.key().key(), StandardCharsets.UTF_8), text(tile.value())));
    return new Started(alarms, guard.frozen(Origin.first(DOMAIN, "t-1", "w1")), Map.copyOf(again));
  }

  private Trees trees(List<Record<Routed, byte[]>> out) {
    return new Trees(driver.getKeyValueStore("trees"), driver.getKeyValueStore("edges"), out::add);
  }

  private Guard guard(Trees trees) {
    return new Guard(
        topics,
        0,
        DOMAIN,
        driver.getKeyValueStore("heads"),
        driver.getKeyValueStore("trees"),
        trees);
  }

  private Map<String, String> memory(String... stores) {
    var memory = new TreeMap<String, String>();
    for (String store : stores) {
      try (var all = driver.<String, byte[]>getKeyValueStore(store).all()) {
        all.forEachRemaining(entry -> memory.put(store + ":" + entry.key, text(entry.value)));
      }
    }
    return memory;
  }

  /// Without what is remembered of topics.
  private static Map<String, String> logsOf(Map<String, String> memory) {
    var logs = new TreeMap<>(memory);
    logs.remove("trees:t-1#2");
    return logs;
  }

  private void restore(Map<String, String> memory) {
    List.of("heads", "trees", "edges").forEach(this::clear);
    memory.forEach((name, value) -> {
      int colon = name.indexOf(':');
      driver
          .<String, byte[]>getKeyValueStore(name.substring(0, colon))
          .put(name.substring(colon + 1), Base64.getDecoder().decode(value));
    });
  }

  private void clear(String store) {
    KeyValueStore<String, byte[]> cleared = driver.getKeyValueStore(store);
    var keys = new ArrayList<String>();
    try (var all = cleared.all()) {
      all.forEachRemaining(entry -> keys.add(entry.key));
    }
    keys.forEach(cleared::delete);
  }

  private static String text(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
