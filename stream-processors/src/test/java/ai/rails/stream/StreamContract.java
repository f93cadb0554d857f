package ai.rails.stream;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Random;
import java.util.UUID;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

import ai.rails.domain.Event;
import ai.rails.domain.budget.Money;
import ai.rails.domain.run.RunEvent.Purpose;
import ai.rails.domain.run.RunEvent.RunCompleted;
import ai.rails.domain.run.RunEvent.RunRetried;
import ai.rails.domain.run.RunEvent.RunTriggered;
import ai.rails.schema.StepCommand;
import ai.rails.schema.StepCommandCodec;
import ai.rails.schema.Topics;
import ai.rails.stream.StreamProcessors.Part;
import ai.rails.stream.ledger.LedgerReport;
import ai.rails.stream.ledger.LedgerVerification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// What the stream side must do on any brokers and any PostgreSQL. Each test has tenants of its
/// own.
interface StreamContract {
  Duration LIMIT = Duration.ofSeconds(90);

  Cell cell();

  Path directory();

  @Test
  default void bringsANewTenantFromItsFirstEventToTheLedger() throws Exception {
    String tenant = UUID.randomUUID().toString();
    try (StreamProcessors stream = startAll()) {
      cell().createTenant(tenant);
      Wait.until("tenant is active", LIMIT, () -> cell().command().active(tenant));
      cell().createWorkspace(tenant, "w1");
      cell().store().append(tenant, "w1", Optional.of("r1"), run("r1", 3));

      LedgerReport report = awaitComplete();

      assertThat(report.differences()).noneMatch(d -> d.tenant().equals(tenant));
      assertThat(leaves(tenant, "_tenant")).isEqualTo(3);
      assertThat(leaves(tenant, "w1")).isEqualTo(5);
      assertThat(stream.health().up()).as(stream.health().toString()).isTrue();
    }
  }

  @Test
  default void makesEveryLeafOnceWhenTheRelayIsKilledUnderLoad() throws Exception {
    String tenant = UUID.randomUUID().toString();
    try (StreamProcessors stream = start(EnumSet.of(Part.PROVISIONER, Part.LEDGER))) {
      Process relay = RelayProcess.start(cell(), directory());
      try {
        cell().createTenant(tenant);
        Wait.until("tenant is active", LIMIT, () -> cell().command().active(tenant));
        cell().createWorkspace(tenant, "w1");
        cell().createWorkspace(tenant, "w2");
        for (int kill = 0; kill < 2; kill++) {
          long before = leaves(tenant, "w1");
          var writers = new ArrayList<Thread>();
          for (String workspace : List.of("w1", "w2")) {
            long seed = kill * 10L + workspace.hashCode();
            writers.add(Thread.ofVirtual().start(() -> write(tenant, workspace, seed)));
          }
          Wait.until("further rows arrive", LIMIT, () -> leaves(tenant, "w1") > before);
          relay.destroyForcibly().waitFor();
          for (Thread writer : writers) {
            writer.join();
          }
          relay = RelayProcess.start(cell(), directory());
        }

        LedgerReport report = awaitComplete();

        assertThat(report.differences()).noneMatch(d -> d.tenant().equals(tenant));
        assertThat(leaves(tenant, "w1")).isEqualTo(2 * 40 * 3);
        assertThat(stream.health().up()).as(stream.health().toString()).isTrue();
      } finally {
        relay.destroyForcibly().waitFor();
      }
    }
  }

  @Test
  default void dropsRecordsThatArePublishedAgainAndGoesOnAfterARestart() throws Exception {
    String tenant = UUID.randomUUID().toString();
    try (StreamProcessors stream = startAll()) {
      cell().createTenant(tenant);
      Wait.until("tenant is active", LIMIT, () -> cell().command().active(tenant));
      cell().createWorkspace(tenant, "w1");
      cell().store().append(tenant, "w1", Optional.of("r1"), run("r1", 8));
      awaitComplete();
      publishAgain(Topics.events(tenant));
      assertThat(stream.health().up()).isTrue();
    }
    cell().store().append(tenant, "w1", Optional.of("r2"), run("r2", 8));

    try (StreamProcessors stream = startAll()) {
      LedgerReport report = awaitComplete();

      assertThat(report.differences()).noneMatch(d -> d.tenant().equals(tenant));
      assertThat(leaves(tenant, "w1")).isEqualTo(20);
      assertThat(stream.health().up()).isTrue();
    }
  }

  @Test
  default void letsAWorkerReadItsTenantsStepCommandsAndNothingElse() throws Exception {
    String tenant = UUID.randomUUID().toString();
    String other = UUID.randomUUID().toString();
    try (StreamProcessors stream = startAll()) {
      cell().createTenant(tenant);
      cell().createTenant(other);
      Wait.until(
          "both are active",
          LIMIT,
          () -> cell().command().active(tenant) && cell().command().active(other));
      var command =
          new StepCommand(
              UUID.randomUUID().toString(),
              tenant,
              "w1",
              "dev",
              "r1",
              "s1",
              1,
              Purpose.PERFORM,
              "sha256:00");
      cell().store().addStepCommand(command);
      Path file = directory().resolve("tenants").resolve(tenant).resolve("worker-kafka.properties");

      List<ConsumerRecord<byte[], byte[]>> read = readAsWorker(file, Topics.stepCommands(tenant));

      assertThat(new StepCommandCodec().decode(read.getFirst().value())).isEqualTo(command);
      assertThat(new String(read.getFirst().key(), StandardCharsets.UTF_8)).isEqualTo("r1");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
      for (String topic :
          List.of(
              Topics.events(tenant),
              Topics.ledger(tenant),
              Topics.stepCommands(other),
              Topics.control("c1"))) {
        assertThatThrownBy(() -> readAsWorker(file, topic))
            .as(topic)
            .isInstanceOf(TopicAuthorizationException.class);
      }
      assertThat(stream.health().up()).isTrue();
    }
  }

  @Test
  default void takesTheSameConfigurationOnAKafkaConnectWorker() throws Exception {
    String tenant = UUID.randomUUID().toString();
    try (StreamProcessors stream = start(EnumSet.of(Part.PROVISIONER, Part.LEDGER))) {
      Process connect = ConnectProcess.start(cell(), directory());
      try {
        cell().createTenant(tenant);
        Wait.until("tenant is active", LIMIT, () -> cell().command().active(tenant));
        cell().createWorkspace(tenant, "w1");
        cell().store().append(tenant, "w1", Optional.of("r1"), run("r1", 20));

        LedgerReport report = awaitComplete();

        assertThat(report.differences()).noneMatch(d -> d.tenant().equals(tenant));
        assertThat(leaves(tenant, "w1")).isEqualTo(22);
        assertThat(stream.health().up()).as(stream.health().toString()).isTrue();
      } finally {
        connect.destroyForcibly().waitFor();
      }
    }
  }

  @Test
  default void findsARowThatWasChangedAndALeafThatWasForged() throws Exception {
    String changed = UUID.randomUUID().toString();
    String forged = UUID.randomUUID().toString();
    try (StreamProcessors stream = startAll()) {
      for (String tenant : List.of(changed, forged)) {
        cell().createTenant(tenant);
        Wait.until("tenant is active", LIMIT, () -> cell().command().active(tenant));
        cell().createWorkspace(tenant, "w1");
        cell().store().append(tenant, "w1", Optional.of("r1"), run("r1", 8));
      }
      awaitComplete();
      assertThat(stream.health().up()).isTrue();
    }

    cell()
        .store()
        .tamper(
            "UPDATE event SET recorded_at = recorded_at + interval '1 ms' WHERE tenant = '%s' AND workspace = 'w1' AND position = 10"
                .formatted(changed));
    publishAgain(Topics.ledger(forged));

    LedgerReport report = LedgerVerification.verify(cell().config());

    assertThat(report.equal()).isFalse();
    assertThat(report.differences())
        .anyMatch(d ->
            d.tenant().equals(changed) && d.position() == 10 && d.reason().contains("another leaf"))
        .anyMatch(d -> d.tenant().equals(forged) && d.reason().startsWith("ledger: position 1"));
  }

  private StreamProcessors startAll() throws Exception {
    return start(EnumSet.complementOf(EnumSet.of(Part.SIGNER)));
  }

  private StreamProcessors start(EnumSet<Part> parts) throws Exception {
    return StreamProcessors.start(cell().config(), Cell.surroundings(), parts);
  }

  /// Waits until the ledger has caught up with the store, whatever earlier tests have altered.
  private LedgerReport awaitComplete() throws Exception {
    Wait.until(
        "the ledger reaches the store",
        LIMIT,
        () -> LedgerVerification.verify(cell().config()).lag() == 0);
    return LedgerVerification.verify(cell().config());
  }

  private void write(String tenant, String workspace, long seed) {
    var random = new Random(seed);
    try {
      for (int i = 0; i < 40; i++) {
        String run = "r-%d-%d".formatted(seed, i);
        cell().store().append(tenant, workspace, Optional.of(run), run(run, 1));
        if (random.nextInt(10) == 0) {
          cell()
              .store()
              .rollBack(tenant, workspace, Optional.of(run), new RunRetried(run, "s", "u"));
        }
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<Event> run(String run, int retries) {
    var events = new ArrayList<Event>();
    events.add(
        new RunTriggered(
            run,
            "wf-1",
            "1.0.0",
            "sha256:00",
            "dev",
            "t",
            "",
            "u",
            Map.of(),
            List.of(),
            Optional.empty(),
            Optional.empty()));
    for (int i = 0; i < retries; i++) {
      events.add(new RunRetried(run, "s" + i, "u"));
    }
    events.add(new RunCompleted(run, Money.zero("USD")));
    return events;
  }

  private long leaves(String tenant, String workspace) {
    return readAs("svc-projection", Topics.ledger(tenant)).stream()
        .filter(r -> new String(r.key(), StandardCharsets.UTF_8).equals(workspace))
        .count();
  }

  private void publishAgain(String topic) throws Exception {
    List<ConsumerRecord<byte[], byte[]>> records = readAs("admin", topic);
    try (var producer =
        new KafkaProducer<>(
            cell().client("admin", Map.of()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (ConsumerRecord<byte[], byte[]> r : records) {
        producer
            .send(
                new ProducerRecord<>(
                    topic, r.partition(), r.timestamp(), r.key(), r.value(), r.headers()))
            .get();
      }
    }
  }

  private List<ConsumerRecord<byte[], byte[]>> readAs(String principal, String topic) {
    return read(cell().client(principal, Map.of()), topic, 0);
  }

  private static List<ConsumerRecord<byte[], byte[]>> readAsWorker(Path file, String topic)
      throws Exception {
    var properties = new Properties();
    try (var in = Files.newInputStream(file)) {
      properties.load(in);
    }
    var client = new HashMap<String, Object>();
    properties.forEach((key, value) -> client.put((String) key, value));
    return read(client, topic, 1);
  }

  /// Everything there is, and at least as many records as that.
  private static List<ConsumerRecord<byte[], byte[]>> read(
      Map<String, Object> client, String topic, int atLeast) {
    var settings = new HashMap<>(client);
    settings.put("isolation.level", "read_committed");
    settings.put("enable.auto.commit", false);
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
      while (records.size() < atLeast
          || !ends.entrySet().stream()
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
