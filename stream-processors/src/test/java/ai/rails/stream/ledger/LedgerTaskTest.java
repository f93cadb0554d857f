package ai.rails.stream.ledger;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Random;

import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import ai.rails.domain.budget.Money;
import ai.rails.domain.ledger.ChainCheck;
import ai.rails.domain.ledger.Leaf;
import ai.rails.domain.ledger.Origin;
import ai.rails.domain.run.RunEvent.RunCancelled;
import ai.rails.domain.run.RunEvent.RunCompleted;
import ai.rails.domain.run.RunEvent.RunRetried;
import ai.rails.schema.LedgerRecord;
import ai.rails.schema.LedgerRecordCodec;
import ai.rails.schema.Topics;

import static ai.rails.stream.ledger.TestEvents.NOON;
import static ai.rails.stream.ledger.TestEvents.events;
import static ai.rails.stream.ledger.TestEvents.record;
import static ai.rails.stream.ledger.TestEvents.triggered;
import static ai.rails.stream.ledger.TestEvents.utf8;
import static org.assertj.core.api.Assertions.assertThat;

class LedgerTaskTest {
  private static final String DOMAIN = "c1.airails.internal";

  @TempDir Path directory;
  private final LedgerCounters counters = new LedgerCounters();
  private final List<String> asked = new ArrayList<>();
  private TopologyTestDriver driver;

  @BeforeEach
  void start() {
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
                counters,
                (tenant, workspace, from) -> asked.add(tenant + "|" + workspace + "|" + from)),
            settings);
  }

  @AfterEach
  void stop() {
    driver.close();
  }

  @Test
  void makesALeafOfEachEventInTheOrderOfPositions() {
    List<TestRecord<byte[], byte[]>> events = events("t-1", "w1", 20, 1);

    pipe("t-1", events);

    assertThat(chain("t-1", "w1", ledger("t-1"))).isEqualTo(20);
    assertThat(alarms()).isEmpty();
    assertThat(counters.appended()).isEqualTo(20);
  }

  @Test
  void passesPositionTypeTraceAndTimeOn() {
    pipe("t-1", events("t-1", "w1", 1, 1));

    TestRecord<byte[], byte[]> leaf = ledger("t-1").getFirst();

    assertThat(header(leaf, "position")).isEqualTo("1");
    assertThat(header(leaf, "type")).isEqualTo("TRIGGER_RECEIVED");
    assertThat(header(leaf, "traceparent")).startsWith("00-");
    assertThat(leaf.timestamp()).isEqualTo(NOON + 1);
    assertThat(leaf.key()).isEqualTo(utf8("w1"));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void dropsWhatComesTwice(long seed) {
    var random = new Random(seed);
    List<TestRecord<byte[], byte[]>> events = events("t-1", "w1", 40, seed);
    var delivered = new ArrayList<TestRecord<byte[], byte[]>>();
    for (int i = 0; i < events.size(); i++) {
      delivered.add(events.get(i));
      if (random.nextInt(3) == 0) {
        int back = random.nextInt(i + 1);
        delivered.addAll(events.subList(back, i + 1));
      }
    }

    pipe("t-1", delivered);

    assertThat(chain("t-1", "w1", ledger("t-1"))).isEqualTo(40);
    assertThat(counters.duplicates()).isEqualTo(delivered.size() - 40);
    assertThat(alarms()).isEmpty();
  }

  @Test
  void waitsForAMissingPositionAndGoesOnWhenItComes() {
    List<TestRecord<byte[], byte[]>> events = events("t-1", "w1", 10, 1);
    var withheld = new ArrayList<>(events);
    withheld.remove(4);

    pipe("t-1", withheld);

    assertThat(chain("t-1", "w1", ledger("t-1"))).isEqualTo(4);
    assertThat(alarms())
        .containsExactly(
            "{\"code\":\"GAP\",\"expected\":5,\"found\":6,\"tenant\":\"t-1\",\"workspace\":\"w1\"}");
    assertThat(counters.gapped()).isEqualTo(5);

    pipe("t-1", events);

    List<TestRecord<byte[], byte[]>> rest = ledger("t-1");
    assertThat(rest).hasSize(6);
    assertThat(alarms()).singleElement().asString().contains("RESUMED");
  }

  @Test
  void keepsTenantsAndWorkspacesApart() {
    List<TestRecord<byte[], byte[]>> missing = events("t-1", "w1", 5, 1);
    missing.remove(1);

    pipe("t-1", missing);
    pipe("t-1", events("t-1", "w2", 5, 2));
    pipe("t-2", events("t-2", "w1", 5, 3));

    List<TestRecord<byte[], byte[]>> first = ledger("t-1");
    assertThat(chain("t-1", "w1", of(first, "w1"))).isEqualTo(1);
    assertThat(chain("t-1", "w2", of(first, "w2"))).isEqualTo(5);
    assertThat(chain("t-2", "w1", ledger("t-2"))).isEqualTo(5);
  }

  @Test
  void refusesAnEventOfAnotherTenant() {
    pipe("t-1", events("t-2", "w1", 1, 1));

    assertThat(ledger("t-1")).isEmpty();
    assertThat(alarms()).singleElement().asString().contains("MISMATCH");
    assertThat(counters.refused()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"id", "type", "recorded_at", "traceparent"})
  void refusesAHeaderThatDiffersFromTheEvent(String name) {
    TestRecord<byte[], byte[]> event = events("t-1", "w1", 1, 1).getFirst();
    event.headers().remove(name).add(name, utf8("1"));

    pipe("t-1", List.of(event));

    assertThat(ledger("t-1")).isEmpty();
    assertThat(alarms()).singleElement().asString().contains("MISMATCH");
  }

  @Test
  void refusesAnotherKeyThanTheEventsWorkspace() {
    TestRecord<byte[], byte[]> event = events("t-1", "w1", 1, 1).getFirst();

    pipe(
        "t-1",
        List.of(
            new TestRecord<>(utf8("w2"), event.value(), event.headers(), event.getRecordTime())));

    assertThat(ledger("t-1")).isEmpty();
    assertThat(alarms()).singleElement().asString().contains("\"workspace\":\"w2\"");
  }

  @Test
  void refusesBytesThatAreNoEventAndRecordsWithoutAPosition() {
    TestRecord<byte[], byte[]> event = events("t-1", "w1", 1, 1).getFirst();
    var unreadable =
        new TestRecord<>(event.key(), utf8("{}"), event.headers(), event.getRecordTime());
    var nowhere =
        new TestRecord<>(utf8("w2"), event.value(), new RecordHeaders(), event.getRecordTime());

    pipe("t-1", List.of(unreadable, nowhere, unreadable));

    assertThat(ledger("t-1")).isEmpty();
    assertThat(alarms()).hasSize(2).allMatch(alarm -> alarm.contains("UNREADABLE"));
  }

  @Test
  void healsWhenTheRefusedPositionComesAsItShould() {
    TestRecord<byte[], byte[]> event = events("t-1", "w1", 1, 1).getFirst();
    var unreadable =
        new TestRecord<>(event.key(), utf8("{}"), event.headers(), event.getRecordTime());

    pipe("t-1", List.of(unreadable, event));

    assertThat(ledger("t-1")).hasSize(1);
    assertThat(alarms()).hasSize(2).last().asString().contains("RESUMED");
  }

  @Test
  void countsARunAtItsEndAndGoesOnInItsNumbersAfterIt() {
    var events = new ArrayList<TestRecord<byte[], byte[]>>();
    events.add(record("t-1", "w1", 1, Optional.of("r1"), triggered("r1")));
    events.add(record("t-1", "w1", 2, Optional.of("r2"), triggered("r2")));
    events.add(record("t-1", "w1", 3, Optional.of("r1"), new RunRetried("r1", "s", "u")));
    events.add(
        record("t-1", "w1", 4, Optional.of("r1"), new RunCompleted("r1", Money.zero("USD"))));
    events.add(record("t-1", "w1", 5, Optional.of("r2"), new RunCancelled("r2", "u", "r")));
    events.add(record("t-1", "w1", 6, Optional.of("r2"), new RunRetried("r2", "s", "u")));

    pipe("t-1", events);
    List<Leaf> leaves = ledger("t-1").stream().map(LedgerTaskTest::leaf).toList();

    assertThat(leaves.get(3).run().orElseThrow().place().orElseThrow().count()).contains(3L);
    assertThat(leaves.get(4).run().orElseThrow().place().orElseThrow().count()).contains(2L);
    Leaf.Place late = leaves.get(5).run().orElseThrow().place().orElseThrow();
    assertThat(late.seq()).isEqualTo(2);
    assertThat(late.prev()).isEqualTo(leaves.get(5).prev());
    assertThat(late.count()).isEmpty();
    assertThat(leaves.get(5).workflow().orElseThrow().seq()).isEqualTo(5);
    assertThat(driver.getKeyValueStore("heads").get("t-1|w1|w|wf-1")).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void givesTheSameLeavesHoweverWorkspacesInterleave(long seed) {
    List<TestRecord<byte[], byte[]>> one = events("t-1", "w1", 15, 1);
    List<TestRecord<byte[], byte[]>> two = events("t-1", "w2", 15, 2);
    var random = new Random(seed);
    var mixed = new ArrayList<TestRecord<byte[], byte[]>>();
    int i = 0;
    int k = 0;
    while (i < one.size() || k < two.size()) {
      mixed.add(
          k == two.size() || (i < one.size() && random.nextBoolean())
              ? one.get(i++)
              : two.get(k++));
    }

    pipe("t-1", mixed);
    List<TestRecord<byte[], byte[]>> leaves = ledger("t-1");

    assertThat(chain("t-1", "w1", of(leaves, "w1"))).isEqualTo(15);
    assertThat(chain("t-1", "w2", of(leaves, "w2"))).isEqualTo(15);
    assertThat(Collections.frequency(alarms(), "")).isZero();
  }

  private void pipe(String tenant, List<TestRecord<byte[], byte[]>> records) {
    TestInputTopic<byte[], byte[]> input =
        driver.createInputTopic(
            Topics.events(tenant), new ByteArraySerializer(), new ByteArraySerializer());
    records.forEach(input::pipeInput);
  }

  private List<TestRecord<byte[], byte[]>> ledger(String tenant) {
    return read(Topics.ledger(tenant));
  }

  private List<String> alarms() {
    return read(Topics.alarms("c1")).stream()
        .map(alarm -> new String(alarm.value(), StandardCharsets.UTF_8))
        .toList();
  }

  private List<TestRecord<byte[], byte[]>> read(String topic) {
    TestOutputTopic<byte[], byte[]> output =
        driver.createOutputTopic(topic, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    return output.readRecordsToList();
  }

  private static List<TestRecord<byte[], byte[]>> of(
      List<TestRecord<byte[], byte[]>> records, String workspace) {
    return records.stream()
        .filter(r -> new String(r.key(), StandardCharsets.UTF_8).equals(workspace))
        .toList();
  }

  private static long chain(
      String tenant, String workspace, List<TestRecord<byte[], byte[]>> records) {
    var check = new ChainCheck(new Origin(DOMAIN, tenant, workspace, 1));
    records.forEach(record -> check.accept(new LedgerRecordCodec().decode(record.value()).leaf()));
    return check.head().size();
  }

  private static Leaf leaf(TestRecord<byte[], byte[]> record) {
    LedgerRecord decoded = new LedgerRecordCodec().decode(record.value());
    return Leaf.parse(decoded.leaf());
  }

  private static String header(TestRecord<byte[], byte[]> record, String name) {
    return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
  }
}
