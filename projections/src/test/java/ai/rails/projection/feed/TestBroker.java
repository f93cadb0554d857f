package ai.rails.projection.feed;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;

import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

import ai.rails.domain.checkpoint.Note;
import ai.rails.projection.TestLog;

/// A real broker without passwords, and a producer in the ledger task's place.
public final class TestBroker implements AutoCloseable {
  private final KafkaRaftServer server;
  private final Properties connection = new Properties();
  private final KafkaProducer<byte[], byte[]> producer;

  private TestBroker(KafkaRaftServer server, int port) {
    this.server = server;
    connection.setProperty("bootstrap.servers", "127.0.0.1:" + port);
    this.producer =
        new KafkaProducer<>(connection, new ByteArraySerializer(), new ByteArraySerializer());
  }

  public static TestBroker start(Path directory) throws Exception {
    new Formatter()
        .setClusterId(Uuid.randomUuid().toString())
        .setNodeId(1)
        .setReleaseVersion(MetadataVersion.latestProduction())
        .setControllerListenerName("CONTROLLER")
        .setMetadataLogDirectory(directory.toString())
        .addDirectory(directory.toString())
        .setIgnoreFormatted(true)
        .setHasDynamicQuorum(false)
        .setPrintStream(
            new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8))
        .run();
    int port = freePort();
    var server =
        new KafkaRaftServer(
            new KafkaConfig(settings(directory, port, freePort()), false), Time.SYSTEM);
    server.startup();
    return new TestBroker(server, port);
  }

  public Properties connection() {
    return connection;
  }

  /// Makes a log's topic.
  public void create(TestLog log, int partitions) throws Exception {
    try (Admin admin = Admin.create(connection)) {
      admin.createTopics(List.of(new NewTopic(log.topic(), partitions, (short) 1))).all().get();
    }
  }

  /// Makes a log's topic of checkpoints.
  public void createCheckpoints(TestLog log, int partitions) throws Exception {
    try (Admin admin = Admin.create(connection)) {
      admin.createTopics(List.of(new NewTopic(notes(log), partitions, (short) 1))).all().get();
    }
  }

  public void sendNote(TestLog log, Note note) throws Exception {
    byte[] key = log.workspace().getBytes(StandardCharsets.UTF_8);
    producer.send(new ProducerRecord<>(notes(log), key, note.bytes())).get();
  }

  private static String notes(TestLog log) {
    return "t.%s.checkpoints.v1".formatted(log.tenant());
  }

  public void send(TestLog log, List<byte[]> records) throws Exception {
    for (byte[] record : records) {
      byte[] key = log.workspace().getBytes(StandardCharsets.UTF_8);
      producer.send(new ProducerRecord<>(log.topic(), key, record)).get();
    }
  }

  @Override
  public void close() {
    producer.close();
    server.shutdown();
    server.awaitShutdown();
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static Map<String, String> settings(Path directory, int port, int controller) {
    var settings = new HashMap<String, String>();
    settings.put("process.roles", "broker,controller");
    settings.put("node.id", "1");
    settings.put("controller.quorum.voters", "1@127.0.0.1:" + controller);
    settings.put(
        "listeners", "CLIENT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d".formatted(port, controller));
    settings.put("advertised.listeners", "CLIENT://127.0.0.1:" + port);
    settings.put("controller.listener.names", "CONTROLLER");
    settings.put("inter.broker.listener.name", "CLIENT");
    settings.put("listener.security.protocol.map", "CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT");
    settings.put("log.dirs", directory.toString());
    settings.put("auto.create.topics.enable", "false");
    settings.put("group.initial.rebalance.delay.ms", "0");
    settings.put("offsets.topic.replication.factor", "1");
    settings.put("offsets.topic.num.partitions", "1");
    settings.put("log.cleaner.dedupe.buffer.size", Integer.toString(16 << 20));
    return settings;
  }
}
