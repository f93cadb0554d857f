package ai.rails.stream;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import java.util.stream.Stream;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.domain.Event;
import ai.rails.domain.run.RunEvent.RunRetried;
import ai.rails.schema.LedgerRecord;
import ai.rails.schema.LedgerRecordCodec;
import ai.rails.schema.Topics;
import ai.rails.stream.StreamProcessors.Part;
import ai.rails.stream.ledger.LedgerReport;
import ai.rails.stream.ledger.LedgerVerification;

import static org.assertj.core.api.Assertions.assertThat;

/// What somebody with power over brokers and disks does to the ledger, on PostgreSQL 18 and a
/// broker with the production wiring, and who notices.
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LedgerAttackTest {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final int EVENTS = 300;

  @TempDir static Path directory;
  private EmbeddedCell embedded;
  private Cell cell;

  @BeforeAll
  void start() throws Exception {
    embedded = EmbeddedCell.start(directory);
    cell = embedded.cell();
  }

  @AfterAll
  void stop() throws Exception {
    embedded.close();
  }

  /// Changed, inserted, reordered, dropped: noticed by the comparison, by the chain, and by the
  /// ledger, whose topic is not the one that it was.
  @Test
  void noticesWhatWasRewrittenInALedgerTopic() throws Exception {
    Map<String, String> tenants = new HashMap<>();
    try (StreamProcessors stream = streams()) {
      for (String attack : List.of("change", "insert", "reorder", "drop")) {
        tenants.put(attack, tenantWithEvents(20));
      }
      awaitComplete();
      assertThat(stream.health().up()).isTrue();
    }
    for (var attack : tenants.entrySet()) {
      String topic = Topics.ledger(attack.getValue());
      rewrite(topic, attacked(attack.getKey(), read(topic)));
    }

    LedgerReport report = LedgerVerification.verify(cell.config());
    try (StreamProcessors stream = streams()) {
      for (String tenant : tenants.values()) {
        Wait.until(
            "the ledger says so", LIMIT, () -> alarms(tenant).toString().contains("RECREATED"));
      }
      assertThat(stream.health().up()).isTrue();
    }

    for (var attack : tenants.entrySet()) {
      assertThat(report.differences())
          .as(attack.getKey())
          .anyMatch(d -> d.tenant().equals(attack.getValue()) && d.workspace().equals("w1"));
    }
  }

  @Test
  void computesAWipedStoreAgainAndGivesTheSameTilesAndNoOtherLeaf() throws Exception {
    String tenant;
    try (StreamProcessors stream = streams()) {
      tenant = tenantWithEvents(EVENTS);
      awaitComplete();
      Wait.until("the head is there", LIMIT, () -> covers(tenant, EVENTS));
      assertThat(stream.health().up()).isTrue();
    }
    Map<String, String> tiles = tiles(tenant);
    List<String> leaves = leaves(tenant);
    BrokerFiles.delete(directory.resolve("streams"));
    deleteTopics(name -> name.startsWith("rails-ledger-"));
    awaitForgotten("rails-ledger");

    try (StreamProcessors stream = streams()) {
      Wait.until(
          "it is computed again", LIMIT, () -> alarms(tenant).toString().contains("REBUILT"));
      assertThat(tiles(tenant)).isEqualTo(tiles);
      assertThat(leaves(tenant)).isEqualTo(leaves);

      cell.store().append(tenant, "w1", Optional.empty(), events(10));
      awaitComplete();
      assertThat(stream.health().up()).isTrue();
    }

    assertThat(leaves(tenant))
        .hasSize(leaves.size() + 10)
        .startsWith(leaves.toArray(new String[0]));
    assertThat(LedgerVerification.verify(cell.config()).differences())
        .noneMatch(d -> d.tenant().equals(tenant));
  }

  @Test
  void goesOnFromAnOlderCopyOfItsDirectory() throws Exception {
    String tenant;
    Path older = directory.resolve("older");
    try (StreamProcessors stream = streams()) {
      tenant = tenantWithEvents(20);
      awaitComplete();
      assertThat(stream.health().up()).isTrue();
    }
    BrokerFiles.copy(directory.resolve("streams"), older);
    try (StreamProcessors stream = streams()) {
      cell.store().append(tenant, "w1", Optional.empty(), events(20));
      awaitComplete();
      assertThat(stream.health().up()).isTrue();
    }
    BrokerFiles.setBack(directory.resolve("streams"), older);

    try (StreamProcessors stream = streams()) {
      cell.store().append(tenant, "w1", Optional.empty(), events(20));
      awaitComplete();
      assertThat(stream.health().up()).isTrue();
    }

    assertThat(leaves(tenant)).hasSize(60).doesNotHaveDuplicates();
    assertThat(alarms(tenant)).isEmpty();
  }

  /// As after an election of a leader that lags: the topic is the same and ends earlier.
  @Test
  void noticesALedgerTopicWhoseTailWasCut() throws Exception {
    String tenant;
    try (StreamProcessors stream = streams()) {
      tenant = tenantWithEvents(5);
      for (int i = 0; i < 5; i++) {
        cell.store().append(tenant, "w1", Optional.empty(), events(1));
        awaitComplete();
      }
      assertThat(stream.health().up()).isTrue();
    }
    int partition = read(Topics.ledger(tenant)).getLast().partition();
    embedded.whileBrokerIsDown(
        kafka -> BrokerFiles.cut(kafka, "%s-%d".formatted(Topics.ledger(tenant), partition)));

    LedgerReport report = LedgerVerification.verify(cell.config());
    try (StreamProcessors stream = streams()) {
      Wait.until(
          "the ledger says so",
          LIMIT,
          () -> alarms(tenant).stream().anyMatch(a -> a.contains("CUT") || a.contains("FROZEN")));
      assertThat(stream.health().up()).isTrue();
    }

    assertThat(report.differences())
        .anyMatch(d -> d.tenant().equals(tenant) && d.reason().contains("there are fewer"));
  }

  /// Whoever may write to the events topic puts an entry there that claims to be of an hour ago.
  /// The log takes none that is older than the one before, and goes on with what the store has.
  @Test
  void takesNoEntryOfThePast() throws Exception {
    String tenant;
    try (StreamProcessors stream = streams()) {
      tenant = tenantWithEvents(5);
      awaitComplete();
      ConsumerRecord<byte[], byte[]> last =
          read(Topics.events(tenant)).stream()
              .filter(record -> key(record).equals("w1"))
              .toList()
              .getLast();
      send(backdated(last, 6, Duration.ofHours(1)));
      Wait.until("it is refused", LIMIT, () -> alarms(tenant).toString().contains("MISMATCH"));
      assertThat(leaves(tenant)).hasSize(5);

      cell.store().append(tenant, "w1", Optional.empty(), events(1));
      Wait.until("it goes on", LIMIT, () -> alarms(tenant).toString().contains("RESUMED"));
      awaitComplete();
      assertThat(stream.health().up()).isTrue();
    }
    assertThat(leaves(tenant)).hasSize(6);
    assertThat(LedgerVerification.verify(cell.config()).differences())
        .noneMatch(d -> d.tenant().equals(tenant));
  }

  private static ProducerRecord<byte[], byte[]> backdated(
      ConsumerRecord<byte[], byte[]> template, long position, Duration by) {
    var record =
        new ProducerRecord<>(
            template.topic(), template.partition(), template.key(), template.value());
    template.headers().forEach(header -> record.headers().add(header));
    long time =
        Long.parseLong(
            new String(
                template.headers().lastHeader("recorded_at").value(), StandardCharsets.UTF_8));
    Map.of("position", position, "recorded_at", time - by.toMillis())
        .forEach((name, value) -> {
          record.headers().remove(name);
          record.headers().add(name, Long.toString(value).getBytes(StandardCharsets.UTF_8));
        });
    return record;
  }

  private void send(ProducerRecord<byte[], byte[]> record) throws Exception {
    try (var producer =
        new KafkaProducer<>(
            cell.client("admin", Map.of("enable.idempotence", false)),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      producer.send(record).get();
    }
  }

  /// Nobody asks: the daily comparison (here each second) finds it, says it, and the stream side is
  /// down.
  @Test
  void comparisonFindsAnEventThatWasChangedInTheStore() throws Exception {
    String tenant;
    try (StreamProcessors stream = streams()) {
      tenant = tenantWithEvents(5);
      awaitComplete();
      assertThat(stream.health().up()).isTrue();
    }
    String third = "UPDATE event SET payload = %s WHERE tenant = '" + tenant + "' AND position = 3";
    Properties often = new Properties();
    often.putAll(cell.config());
    often.put("ledger.compare.every", "PT1S");
    cell.store().tamper(third.formatted("payload || '\\x00'::bytea"));

    try (StreamProcessors stream =
        StreamProcessors.start(often, Cell.surroundings(), EnumSet.of(Part.COMPARISON))) {
      Wait.until(
          "the comparison says so", LIMIT, () -> alarms(tenant).toString().contains("DIFFERENT"));
      assertThat(alarms(tenant).toString()).contains("\"expected\":3");
      assertThat(stream.health().up()).isFalse();
    }
    cell.store().tamper(third.formatted("substring(payload FROM 1 FOR length(payload) - 1)"));
    assertThat(LedgerVerification.verify(cell.config()).differences())
        .noneMatch(d -> d.tenant().equals(tenant));
  }

  private StreamProcessors streams() throws Exception {
    return StreamProcessors.start(
        cell.config(), Cell.surroundings(), EnumSet.of(Part.RELAY, Part.PROVISIONER, Part.LEDGER));
  }

  private String tenantWithEvents(int count) throws Exception {
    String tenant = UUID.randomUUID().toString();
    cell.createTenant(tenant);
    Wait.until("tenant is active", LIMIT, () -> cell.command().active(tenant));
    cell.createWorkspace(tenant, "w1");
    cell.store().append(tenant, "w1", Optional.empty(), events(count));
    return tenant;
  }

  private static List<Event> events(int count) {
    return Stream.<Event>generate(() -> new RunRetried("r", "s", "u")).limit(count).toList();
  }

  private void awaitComplete() throws Exception {
    Wait.until(
        "the ledger reaches the store",
        LIMIT,
        () -> LedgerVerification.verify(cell.config()).lag() == 0);
  }

  private static List<ConsumerRecord<byte[], byte[]>> attacked(
      String attack, List<ConsumerRecord<byte[], byte[]>> records) {
    var altered = new ArrayList<>(records);
    int at = indexOfWorkspace(records, 5);
    switch (attack) {
      case "change" -> altered.set(at, changed(records.get(at)));
      case "insert" -> altered.add(at, records.get(at));
      case "reorder" -> Collections.swap(altered, at, indexOfWorkspace(records, 6));
      default -> altered.remove(at);
    }
    return altered;
  }

  private static int indexOfWorkspace(List<ConsumerRecord<byte[], byte[]>> records, int number) {
    int seen = 0;
    for (int i = 0; i < records.size(); i++) {
      if (key(records.get(i)).equals("w1") && seen++ == number) {
        return i;
      }
    }
    throw new AssertionError("too few records");
  }

  private static ConsumerRecord<byte[], byte[]> changed(ConsumerRecord<byte[], byte[]> record) {
    LedgerRecord decoded = new LedgerRecordCodec().decode(record.value());
    String leaf =
        new String(decoded.leaf(), StandardCharsets.US_ASCII)
            .replaceFirst("\"event_id\":\"0", "\"event_id\":\"1");
    byte[] value =
        new LedgerRecordCodec()
            .encode(new LedgerRecord(leaf.getBytes(StandardCharsets.US_ASCII), decoded.event()));
    return new ConsumerRecord<>(
        record.topic(), record.partition(), record.offset(), record.key(), value);
  }

  /// Deletes the topic, makes it again and fills it.
  private void rewrite(String topic, List<ConsumerRecord<byte[], byte[]>> records)
      throws Exception {
    deleteTopics(topic::equals);
    try (Admin admin = Admin.create(cell.client("admin", Map.of()))) {
      Wait.until(
          "the topic can be made again",
          LIMIT,
          () -> {
            try {
              admin.createTopics(List.of(new NewTopic(topic, 2, (short) 1))).all().get();
              return true;
            } catch (java.util.concurrent.ExecutionException e) {
              return false;
            }
          });
    }
    try (var producer =
        new KafkaProducer<>(
            cell.client("admin", Map.of("enable.idempotence", false)),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (ConsumerRecord<byte[], byte[]> r : records) {
        producer.send(new ProducerRecord<>(topic, r.partition(), r.key(), r.value())).get();
      }
    }
  }

  /// A static member that is back before its session ends gets its old assignment, and Kafka
  /// Streams does not make its topics again.
  private void awaitForgotten(String group) throws Exception {
    try (Admin admin = Admin.create(cell.client("admin", Map.of()))) {
      Wait.until(
          "the group has no member",
          LIMIT,
          () -> {
            try {
              return admin.describeConsumerGroups(List.of(group)).all().get().values().stream()
                  .allMatch(found -> found.members().isEmpty());
            } catch (java.util.concurrent.ExecutionException e) {
              return false;
            }
          });
    }
  }

  private void deleteTopics(java.util.function.Predicate<String> which) throws Exception {
    try (Admin admin = Admin.create(cell.client("admin", Map.of()))) {
      List<String> topics = admin.listTopics().names().get().stream().filter(which).toList();
      admin.deleteTopics(topics).all().get();
      Wait.until(
          "they are gone",
          LIMIT,
          () -> {
            try {
              return admin.listTopics().names().get().stream().noneMatch(which);
            } catch (java.util.concurrent.ExecutionException e) {
              return false;
            }
          });
    }
  }

  private boolean covers(String tenant, int size) {
    return read(Topics.treeHeads(tenant)).stream()
        .anyMatch(head ->
            new String(head.value(), StandardCharsets.UTF_8).contains("\n%d\n".formatted(size)));
  }

  /// What compaction leaves of the tiles topic.
  private Map<String, String> tiles(String tenant) {
    var tiles = new HashMap<String, String>();
    for (ConsumerRecord<byte[], byte[]> tile : read(Topics.tiles(tenant))) {
      if (tile.value() == null) {
        tiles.remove(key(tile));
      } else {
        tiles.put(key(tile), Base64.getEncoder().encodeToString(tile.value()));
      }
    }
    return tiles;
  }

  private List<String> leaves(String tenant) {
    var codec = new LedgerRecordCodec();
    return read(Topics.ledger(tenant)).stream()
        .filter(record -> key(record).equals("w1"))
        .map(record -> new String(codec.decode(record.value()).leaf(), StandardCharsets.US_ASCII))
        .toList();
  }

  private List<String> alarms(String tenant) {
    return read(Topics.alarms("c1")).stream()
        .map(alarm -> new String(alarm.value(), StandardCharsets.UTF_8))
        .filter(alarm -> alarm.contains(tenant))
        .toList();
  }

  private static String key(ConsumerRecord<byte[], byte[]> record) {
    return new String(record.key(), StandardCharsets.UTF_8);
  }

  /// Everything there is.
  private List<ConsumerRecord<byte[], byte[]>> read(String topic) {
    Map<String, Object> settings =
        cell.client(
            "admin", Map.of("isolation.level", "read_committed", "enable.auto.commit", false));
    var records = new ArrayList<ConsumerRecord<byte[], byte[]>>();
    try (var consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(info.topic(), info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      long deadline = System.nanoTime() + LIMIT.toNanos();
      while (!ends.entrySet().stream()
          .allMatch(end -> consumer.position(end.getKey()) >= end.getValue())) {
        consumer.poll(Duration.ofMillis(100)).forEach(records::add);
        if (System.nanoTime() > deadline) {
          throw new AssertionError("%s has %d records".formatted(topic, records.size()));
        }
      }
    }
    return records;
  }
}
