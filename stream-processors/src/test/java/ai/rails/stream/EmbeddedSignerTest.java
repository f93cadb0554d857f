package ai.rails.stream;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
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
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
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
import ai.rails.domain.ledger.Frontier;
import ai.rails.domain.ledger.LogEvent;
import ai.rails.domain.ledger.LogEvent.EpochOpened;
import ai.rails.domain.run.RunEvent.RunRetried;
import ai.rails.platform.witness.AddCheckpoint;
import ai.rails.platform.witness.NoteSigner;
import ai.rails.platform.witness.Way;
import ai.rails.platform.witness.WitnessClient;
import ai.rails.platform.witness.WitnessClient.Answer;
import ai.rails.platform.witness.WitnessServer;
import ai.rails.schema.Topics;
import ai.rails.stream.StreamProcessors.Part;
import ai.rails.stream.ledger.LedgerVerification;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// The whole stream side with PostgreSQL 18, a broker with ACLs and a witness: an event becomes a
/// cosigned checkpoint, and a signer whose database was set back signs no more.
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EmbeddedSignerTest {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final int KILLS = Integer.getInteger("rails.kills", 3);

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

  /// The end of the ledger topic is cut, as by an unclean election: the log is frozen, and nothing
  /// but the act that opens an epoch brings it on. The new log tells the whole history, bound to
  /// the last head that witnesses saw; the old one is signed no more.
  @Test
  void anAbandonedLogGoesOnInTheEpochThatTheActOpened() throws Exception {
    String tenant = UUID.randomUUID().toString();
    String old = "ledger.c1.airails.internal/t/%s/w/w1/e/1".formatted(tenant);
    String origin = "ledger.c1.airails.internal/t/%s/w/w1/e/2".formatted(tenant);
    try (StreamProcessors _ = started()) {
      cell.createTenant(tenant);
      Wait.until("tenant is active", LIMIT, () -> cell.command().active(tenant));
      cell.createWorkspace(tenant, "w1");
      for (int i = 1; i <= 5; i++) {
        int size = i;
        append(tenant, 1);
        Wait.until("the head is cosigned", LIMIT, () -> cosigned(tenant, old, size));
      }
    }
    embedded.whileBrokerIsDown(
        kafka -> BrokerFiles.cut(kafka, "%s-%d".formatted(Topics.ledger(tenant), partition())));

    try (StreamProcessors _ = started()) {
      Wait.until("the alarm goes off", LIMIT, () -> alarms(tenant).contains("TOPIC_CUT"));
      append(tenant, 2);
      forgeHead(tenant, "w2", origin.replace("/w1/", "/w2/"), 1);
      Wait.until("it is refused", LIMIT, () -> alarms(tenant).contains("EPOCH_NOT_OPENED"));
      assertThat(largest(tenant, origin.replace("/w1/", "/w2/"))).isZero();

      String last = new String(newest(tenant, old).bytes(), StandardCharsets.UTF_8);
      cell.store()
          .append(
              tenant,
              "w1",
              Optional.empty(),
              List.of(new EpochOpened(2, LogEvent.Reason.TAIL_LOST, last)));
      Wait.until("all rows are cosigned again", LIMIT, () -> cosigned(tenant, origin, 8));
      append(tenant, 2);
      Wait.until("the log goes on", LIMIT, () -> cosigned(tenant, origin, 10));
      assertThat(alarms(tenant)).contains("EPOCH_OPENED");
    }

    try (StreamProcessors stream = started()) {
      append(tenant, 1);
      Wait.until("it goes on after a start", LIMIT, () -> cosigned(tenant, origin, 11));
      forgeHead(tenant, "w1", old, 6);
      append(tenant, 1);
      Wait.until("and after a forged head", LIMIT, () -> cosigned(tenant, origin, 12));
      assertThat(largest(tenant, old)).isEqualTo(5);
      assertThat(stream.health().up()).as(stream.health().toString()).isTrue();
    }
    assertThat(LedgerVerification.verify(cell.config()).differences())
        .noneMatch(d -> d.tenant().equals(tenant) && d.workspace().equals("w1"))
        .anyMatch(d -> d.tenant().equals(tenant) && d.reason().contains("a head covers 1"));
    cell.store()
        .tamper(
            "UPDATE event SET recorded_at = recorded_at - interval '1 ms' WHERE position = 1"
                + " AND workspace = 'w1' AND tenant = '"
                + tenant
                + "'");
    assertThat(LedgerVerification.verify(cell.config()).differences())
        .anyMatch(d -> d.tenant().equals(tenant) && d.workspace().equals("w1"));
  }

  /// Kafka, the task's memory and the event store are restored to an older point, and other events
  /// follow. The signer's own database knows better. Where that is restored too, the witness does.
  @Test
  void aCellThatWasSetBackAsAWholeSignsNoFork() throws Exception {
    String tenant = UUID.randomUUID().toString();
    String origin = "ledger.c1.airails.internal/t/%s/w/w1/e/1".formatted(tenant);
    begin(tenant, origin, 3);
    signerSql("CREATE TABLE older AS SELECT * FROM ledger_checkpoint");
    Path older = directory.resolve("older");
    embedded.whileBrokerIsDown(kafka -> {
      BrokerFiles.copy(kafka, older.resolve("kafka"));
      BrokerFiles.copy(directory.resolve("streams"), older.resolve("streams"));
    });
    try (StreamProcessors _ = started()) {
      append(tenant, 4);
      Wait.until("seven are cosigned", LIMIT, () -> cosigned(tenant, origin, 7));
    }
    String seven = newest(tenant, origin).text();

    setBack(older, tenant);
    try (StreamProcessors _ = started()) {
      append(tenant, 2);
      Wait.until("it is behind", LIMIT, () -> alarms(tenant).contains("HEAD_BEHIND"));
      append(tenant, 4);
      Wait.until("it is a fork", LIMIT, () -> alarms(tenant).contains("FORK"));
      assertThat(signedBeyond(tenant, origin, 3)).allMatch(seven::equals);
    }

    setBack(older, tenant);
    signerSql(
        "ALTER TABLE ledger_checkpoint DISABLE TRIGGER ALL; TRUNCATE ledger_checkpoint;"
            + " INSERT INTO ledger_checkpoint SELECT * FROM older; TRUNCATE checkpoint_topic;"
            + " ALTER TABLE ledger_checkpoint ENABLE TRIGGER ALL");
    try (StreamProcessors _ = started()) {
      append(tenant, 2);
      Wait.until("a witness tells", LIMIT, () -> alarms(tenant).contains("SIGNER_BEHIND"));
      assertThat(signedBeyond(tenant, origin, 3)).isEmpty();
    }
  }

  /// Whoever runs the cell has the log's key and signs a second history beside the first. The
  /// witness saw the first and signs no other, so nobody who asks for the quorum believes it; and
  /// the signer finds in the topic what it did not sign.
  @Test
  void whatTheOperatorSignsBesidesHasNoQuorumAndIsFound() throws Exception {
    String tenant = UUID.randomUUID().toString();
    String origin = "ledger.c1.airails.internal/t/%s/w/w1/e/1".formatted(tenant);
    begin(tenant, origin, 3);
    NoteSigner key = NoteSigner.parse(Files.readString(directory.resolve("keys")).strip());
    var tree = new Frontier();
    for (int i = 0; i < 5; i++) {
      tree.append(new byte[32]);
    }
    String text = new Checkpoint(origin, 5, tree.root()).text();
    Note fork = new Note(text, List.of(key.signAs(origin, text)));

    Duration limit = Duration.ofSeconds(10);
    URI address = URI.create("http://127.0.0.1:" + witness.port());
    try (var client = new WitnessClient(address, witness.key(), Way.direct(limit), limit)) {
      assertThat(client.add(new AddCheckpoint(0, List.of(), fork)))
          .isEqualTo(new Answer.Conflict(3));
      List<byte[]> proof = List.of(new byte[32], new byte[32], new byte[32], new byte[32]);
      assertThat(client.add(new AddCheckpoint(3, proof, fork))).isEqualTo(new Answer.Refused(422));
    }
    TlogPolicy.Judgement judged = policy.forLog(origin).judge(fork);
    assertThat(judged.logSigned()).isTrue();
    assertThat(judged.accepted()).isFalse();

    put(Topics.checkpoints(tenant), "w1", fork.bytes());
    try (StreamProcessors _ = started()) {
      append(tenant, 1);
      Wait.until("it is found", LIMIT, () -> alarms(tenant).contains("SIGNER_BEHIND"));
      assertThat(signedBeyond(tenant, origin, 3)).containsOnly(text);
    }
  }

  /// `kill -9` of task and signer, wherever they are, while entries come. In the end all is
  /// cosigned, and every head, tile and checkpoint there is follows from the store's rows.
  @Test
  void killedTaskAndSignerSignNoFork() throws Exception {
    String tenant = UUID.randomUUID().toString();
    String origin = "ledger.c1.airails.internal/t/%s/w/w1/e/1".formatted(tenant);
    begin(tenant, origin, 3);
    for (int kill = 0; kill < KILLS; kill++) {
      long before = largest(tenant, origin);
      Process process = RelayProcess.start(cell, directory, Part.RELAY, Part.LEDGER, Part.SIGNER);
      try {
        append(tenant, 20);
        Wait.until("it signs", LIMIT, () -> largest(tenant, origin) > before);
        append(tenant, 20);
      } finally {
        int _ = process.destroyForcibly().waitFor();
      }
    }
    try (StreamProcessors _ = started()) {
      Wait.until("all is cosigned", LIMIT, () -> cosigned(tenant, origin, 3 + 40L * KILLS));
    }
    assertThat(alarms(tenant)).doesNotContain("FORK", "SIGNER_BEHIND", "MISMATCH");
    assertThat(LedgerVerification.verify(cell.config()).differences())
        .noneMatch(d -> d.tenant().equals(tenant));
  }

  /// A tenant whose first events are cosigned; then the stream side is down.
  private void begin(String tenant, String origin, int events) throws Exception {
    try (StreamProcessors _ = started()) {
      cell.createTenant(tenant);
      Wait.until("tenant is active", LIMIT, () -> cell.command().active(tenant));
      cell.createWorkspace(tenant, "w1");
      append(tenant, events);
      Wait.until("they are cosigned", LIMIT, () -> cosigned(tenant, origin, events));
    }
  }

  /// To three entries, with all that is the cell's but the signer's database.
  private void setBack(Path older, String tenant) throws Exception {
    embedded.whileBrokerIsDown(kafka -> {
      BrokerFiles.setBack(kafka, older.resolve("kafka"));
      BrokerFiles.setBack(directory.resolve("streams"), older.resolve("streams"));
    });
    cell.store()
        .tamper(
            """
            DELETE FROM event WHERE workspace = 'w1' AND position > 3 AND tenant = '%1$s';
            UPDATE workspace_head SET position = 3 WHERE workspace = 'w1' AND tenant = '%1$s';
            SELECT pg_replication_slot_advance(slot_name, pg_current_wal_lsn())
              FROM pg_replication_slots\
            """
                .formatted(tenant));
  }

  private List<String> signedBeyond(String tenant, String origin, long size) {
    return read("svc-projection", Topics.checkpoints(tenant)).stream()
        .map(value -> Note.parse(value).text())
        .filter(text -> Checkpoint.parse(text).origin().equals(origin))
        .filter(text -> Checkpoint.parse(text).size() > size)
        .toList();
  }

  /// A head that the ledger task never gave.
  private void forgeHead(String tenant, String workspace, String origin, int size)
      throws Exception {
    var tree = new Frontier();
    tree.append(new byte[32]);
    String head = new Checkpoint(origin, size, tree.root()).text();
    put(Topics.treeHeads(tenant), workspace, head.getBytes(StandardCharsets.UTF_8));
  }

  private void put(String topic, String workspace, byte[] value) throws Exception {
    byte[] key = workspace.getBytes(StandardCharsets.UTF_8);
    try (var producer =
        new KafkaProducer<>(
            cell.client("admin", Map.of("enable.idempotence", false)),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      producer
          .send(new ProducerRecord<>(topic, BuiltInPartitioner.partitionForKey(key, 2), key, value))
          .get();
    }
  }

  private static int partition() {
    return BuiltInPartitioner.partitionForKey("w1".getBytes(StandardCharsets.UTF_8), 2);
  }

  private StreamProcessors started() throws Exception {
    return StreamProcessors.start(cell.config(), Cell.surroundings());
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

  private Note newest(String tenant, String origin) {
    return read("svc-projection", Topics.checkpoints(tenant)).stream()
        .map(Note::parse)
        .filter(note -> Checkpoint.parse(note.text()).origin().equals(origin))
        .filter(note -> policy.forLog(origin).judge(note).accepted())
        .max(Comparator.comparingLong(note -> Checkpoint.parse(note.text()).size()))
        .orElseThrow();
  }

  private String alarms(String tenant) {
    return read("admin", Topics.alarms("c1")).stream()
        .map(value -> new String(value, StandardCharsets.UTF_8))
        .filter(alarm -> alarm.contains(tenant))
        .toList()
        .toString();
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
