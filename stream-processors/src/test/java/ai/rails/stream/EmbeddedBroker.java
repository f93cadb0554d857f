package ai.rails.stream;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/// One broker in this process, with SCRAM and ACLs as in production. Principals: `broker` and
/// `admin` (super users).
final class EmbeddedBroker implements AutoCloseable {
  static final String ADMIN_PASSWORD = "admin-secret";
  private static final String SCRAM =
      "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"broker\" password=\"broker-secret\";";
  private static final String PLAIN =
      "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"broker\" password=\"broker-secret\" user_broker=\"broker-secret\";";

  private final KafkaRaftServer server;
  private final int port;

  private EmbeddedBroker(KafkaRaftServer server, int port) {
    this.server = server;
    this.port = port;
  }

  static EmbeddedBroker start(Path directory) throws Exception {
    Files.createDirectories(directory);
    if (!Files.exists(directory.resolve("meta.properties"))) {
      format(directory);
    }
    int port = freePort();
    var server =
        new KafkaRaftServer(
            new KafkaConfig(settings(directory, port, freePort()), false), Time.SYSTEM);
    server.startup();
    return new EmbeddedBroker(server, port);
  }

  private static void format(Path directory) throws Exception {
    new Formatter()
        .setClusterId(Uuid.randomUuid().toString())
        .setNodeId(1)
        .setReleaseVersion(MetadataVersion.latestProduction())
        .setControllerListenerName("CONTROLLER")
        .setMetadataLogDirectory(directory.toString())
        .addDirectory(directory.toString())
        .setIgnoreFormatted(true)
        .setHasDynamicQuorum(false)
        .setPrintStream(new PrintStream(OutputStream.nullOutputStream()))
        .setScramArguments(
            List.of(
                "SCRAM-SHA-512=[name=broker,password=broker-secret]",
                "SCRAM-SHA-512=[name=admin,password=%s]".formatted(ADMIN_PASSWORD)))
        .run();
  }

  String bootstrap() {
    return "127.0.0.1:" + port;
  }

  @Override
  public void close() {
    server.shutdown();
    server.awaitShutdown();
  }

  static int freePort() throws IOException {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  private static Map<String, String> settings(Path directory, int port, int controller) {
    var s = new HashMap<String, String>();
    s.put("process.roles", "broker,controller");
    s.put("node.id", "1");
    s.put("controller.quorum.voters", "1@127.0.0.1:" + controller);
    s.put(
        "listeners", "CLIENT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d".formatted(port, controller));
    s.put("advertised.listeners", "CLIENT://127.0.0.1:" + port);
    s.put("controller.listener.names", "CONTROLLER");
    s.put("inter.broker.listener.name", "CLIENT");
    s.put("listener.security.protocol.map", "CLIENT:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT");
    s.put("sasl.enabled.mechanisms", "SCRAM-SHA-512");
    s.put("sasl.mechanism.inter.broker.protocol", "SCRAM-SHA-512");
    s.put("sasl.mechanism.controller.protocol", "PLAIN");
    s.put("listener.name.client.scram-sha-512.sasl.jaas.config", SCRAM);
    s.put("listener.name.controller.sasl.enabled.mechanisms", "PLAIN");
    s.put("listener.name.controller.plain.sasl.jaas.config", PLAIN);
    s.put("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
    s.put("super.users", "User:broker;User:admin");
    s.put("log.dirs", directory.toString());
    s.put("auto.create.topics.enable", "false");
    s.put("group.initial.rebalance.delay.ms", "0");
    s.put("log.cleaner.dedupe.buffer.size", Integer.toString(16 << 20));
    s.put("log.index.size.max.bytes", Integer.toString(1 << 20));
    for (String one :
        List.of(
            "offsets.topic.replication.factor",
            "offsets.topic.num.partitions",
            "transaction.state.log.replication.factor",
            "transaction.state.log.min.isr",
            "transaction.state.log.num.partitions",
            "share.coordinator.state.topic.replication.factor",
            "share.coordinator.state.topic.min.isr")) {
      s.put(one, "1");
    }
    return s;
  }
}
