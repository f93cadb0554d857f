package ai.rails.stream;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutionException;

import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.domain.checkpoint.Checkpoint;
import ai.rails.domain.checkpoint.KeyHistory;
import ai.rails.domain.checkpoint.Note;
import ai.rails.domain.checkpoint.TlogPolicy;
import ai.rails.domain.run.RunEvent.RunRetried;
import ai.rails.platform.witness.NoteSigner;
import ai.rails.platform.witness.WitnessServer;
import ai.rails.schema.Topics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// The whole stream side with PostgreSQL 18, a broker with ACLs and a witness: an event becomes a
/// cosigned checkpoint, and a signer whose database was set back signs no more.
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EmbeddedSignerTest {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  @TempDir static Path directory;
  private EmbeddedCell embedded;
  private WitnessServer witness;
  private Cell cell;
  private TlogPolicy policy;

  @BeforeAll
  void start() throws Exception {
    embedded = EmbeddedCell.start(directory);
    cell = embedded.cell();
    signerDatabase(cell.config());
    keys(cell.config());
  }

  private void signerDatabase(Properties config) throws Exception {
    try (Connection c =
            DriverManager.getConnection(embedded.postgres().getJdbcUrl("postgres", "postgres"));
        Statement s = c.createStatement()) {
      s.execute("CREATE ROLE airails_signer LOGIN PASSWORD 'signer-secret'");
      s.execute("CREATE DATABASE signer OWNER airails_signer");
    }
    config.put("signer.postgres.host", "127.0.0.1");
    config.put("signer.postgres.port", config.getProperty("postgres.port"));
    config.put("signer.postgres.database", "signer");
    config.put("signer.postgres.user", "airails_signer");
    config.put("signer.postgres.password", "signer-secret");
  }

  private void keys(Properties config) throws Exception {
    NoteSigner key =
        NoteSigner.generate("ledger." + config.getProperty("cell.domain"), new Random(1));
    NoteSigner witnessKey = NoteSigner.generate("witness.example/w1", new Random(2));
    KeyHistory history = KeyHistory.of(key.key(), 0);
    Note note = new Note(history.text(), List.of(key.signAs(history.name(), history.text())));
    Files.writeString(directory.resolve("keys"), key.privateKey() + "\n");
    Files.write(directory.resolve("history"), note.bytes());
    Files.writeString(directory.resolve("witness-key"), witnessKey.privateKey());
    Files.writeString(directory.resolve("logs"), "logs " + key.key() + "\n");
    witness =
        WitnessServer.start(
            new WitnessServer.Settings(
                directory.resolve("witness"),
                directory.resolve("witness-key"),
                directory.resolve("logs"),
                "127.0.0.1",
                0),
            InstantSource.system());
    String text =
        "log %s\nwitness w1 %s http://127.0.0.1:%d/\nquorum w1\n"
            .formatted(key.key(), witness.key(), witness.port());
    Files.writeString(directory.resolve("policy"), text);
    policy = TlogPolicy.parse(text);
    config.put("signer.key.file", directory.resolve("keys").toString());
    config.put("signer.history.file", directory.resolve("history").toString());
    config.put("evidence.policy.file", directory.resolve("policy").toString());
  }

  @AfterAll
  void stop() throws Exception {
    witness.close();
    embedded.close();
  }

  @Test
  void aSetBackDatabaseSignsNoMore() throws Exception {
    String tenant = UUID.randomUUID().toString();
    String origin = "ledger.c1.airails.internal/t/%s/w/w1/e/1".formatted(tenant);
    try (StreamProcessors stream = started()) {
      cell.createTenant(tenant);
      Wait.until("tenant is active", LIMIT, () -> cell.command().active(tenant));
      cell.createWorkspace(tenant, "w1");
      append(tenant, 3);
      Wait.until("three are cosigned", LIMIT, () -> cosigned(tenant, origin, 3));
      assertThat(stream.health().up()).as(stream.health().toString()).isTrue();
      mayDoNothingElse(tenant);
    }
    signerSql("CREATE TABLE kept AS SELECT * FROM ledger_checkpoint");
    assertThatThrownBy(() -> signerSql("UPDATE ledger_checkpoint SET size = size - 1"))
        .hasMessageContaining("never taken back");
    try (StreamProcessors _ = started()) {
      append(tenant, 4);
      Wait.until("seven are cosigned", LIMIT, () -> cosigned(tenant, origin, 7));
    }
    signerSql(
        "ALTER TABLE ledger_checkpoint DISABLE TRIGGER ALL; TRUNCATE ledger_checkpoint;"
            + " INSERT INTO ledger_checkpoint SELECT * FROM kept; TRUNCATE checkpoint_topic;"
            + " ALTER TABLE ledger_checkpoint ENABLE TRIGGER ALL");
    try (StreamProcessors _ = started()) {
      append(tenant, 2);
      Wait.until("the alarm goes off", LIMIT, () -> alarms().contains("SIGNER_BEHIND"));
      assertThat(largest(tenant, origin)).isEqualTo(7);
    }
  }

  private StreamProcessors started() throws Exception {
    return StreamProcessors.start(cell.config(), cell.surroundings());
  }

  private void append(String tenant, int events) throws Exception {
    for (int i = 0; i < events; i++) {
      cell.store().append(tenant, "w1", Optional.empty(), List.of(new RunRetried("r", "s", "u")));
    }
  }

  /// The signer's principal sees tiles, heads and checkpoints, and writes checkpoints only.
  private void mayDoNothingElse(String tenant) throws Exception {
    for (String topic : List.of(Topics.events(tenant), Topics.ledger(tenant))) {
      assertThatThrownBy(() -> read("svc-signer", topic))
          .isInstanceOf(TopicAuthorizationException.class);
    }
    try (var producer =
        new KafkaProducer<>(
            cell.client("svc-signer", Map.of("enable.idempotence", false)),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (String topic : List.of(Topics.tiles(tenant), Topics.treeHeads(tenant))) {
        assertThatThrownBy(() -> producer.send(new ProducerRecord<>(topic, new byte[1])).get())
            .isInstanceOf(ExecutionException.class)
            .hasCauseInstanceOf(TopicAuthorizationException.class);
      }
    }
  }

  private boolean cosigned(String tenant, String origin, long size) {
    return read("svc-projection", Topics.checkpoints(tenant)).stream()
        .map(Note::parse)
        .filter(note -> Checkpoint.parse(note.text()).origin().equals(origin))
        .filter(note -> Checkpoint.parse(note.text()).size() == size)
        .anyMatch(note -> policy.forLog(origin).judge(note).accepted());
  }

  private long largest(String tenant, String origin) {
    return read("svc-projection", Topics.checkpoints(tenant)).stream()
        .map(value -> Checkpoint.parse(Note.parse(value).text()))
        .filter(tree -> tree.origin().equals(origin))
        .mapToLong(Checkpoint::size)
        .max()
        .orElse(0);
  }

  private String alarms() {
    return read("admin", Topics.alarms("c1")).stream()
        .map(value -> new String(value, StandardCharsets.UTF_8))
        .toList()
        .toString();
  }

  private List<byte[]> read(String principal, String topic) {
    var values = new ArrayList<byte[]>();
    try (var consumer =
        new KafkaConsumer<>(
            cell.client(principal, Map.of("isolation.level", "read_committed")),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      var ends = consumer.endOffsets(partitions);
      while (ends.entrySet().stream().anyMatch(e -> consumer.position(e.getKey()) < e.getValue())) {
        consumer.poll(Duration.ofMillis(100)).forEach(record -> values.add(record.value()));
      }
    }
    return values;
  }

  private void signerSql(String sql) throws Exception {
    try (Connection c =
            DriverManager.getConnection(
                embedded.postgres().getJdbcUrl("airails_signer", "signer")
                    + "&password=signer-secret");
        Statement s = c.createStatement()) {
      s.execute(sql);
    }
  }
}
