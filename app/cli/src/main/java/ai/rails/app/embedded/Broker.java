package ai.rails.app.embedded;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

import static java.nio.charset.StandardCharsets.UTF_8;

/// One Kafka broker and KRaft controller inside this process. Its directory survives restarts and
/// `kill -9`; the cluster id is made with it and kept in `meta.properties`.
///
/// Kafka promises none of this as an interface: the version is pinned, and this class alone knows
/// it.
public final class Broker implements AutoCloseable {
  private static final String ADMIN = "admin";
  private static final String BROKER = "broker";

  private static final int CONNECT_MILLIS = 2_000;

  private final KafkaRaftServer server;
  private final KafkaLogin admin;

  private Broker(KafkaRaftServer server, KafkaLogin admin) {
    this.server = server;
    this.admin = admin;
  }

  /// Formats the directory at the first start; returns when clients can connect.
  public static Broker start(Path directory, int clientPort, int controllerPort, Secrets secrets) {
    return start(directory, clientPort, controllerPort, secrets, Optional.empty());
  }

  /// @param siem the door for SIEM subscribers, with TLS
  public static Broker start(
      Path directory,
      int clientPort,
      int controllerPort,
      Secrets secrets,
      Optional<SiemListener> siem) {
    String password = secrets.of(passwordKey(BROKER));
    var admin = new KafkaLogin("127.0.0.1:" + clientPort, ADMIN, secrets.of(passwordKey(ADMIN)));
    if (!Files.exists(directory.resolve("meta.properties"))) {
      format(directory, password, admin.password());
    }
    var settings = BrokerSettings.of(directory, clientPort, controllerPort, password, siem);
    var server = new KafkaRaftServer(new KafkaConfig(settings, false), Time.SYSTEM);
    try {
      server.startup();
    } catch (RuntimeException e) {
      server.shutdown();
      throw new Unavailable(
          "Kafka did not start in %s: %s".formatted(directory, e.getMessage()), e);
    }
    return new Broker(server, admin);
  }

  /// The name under which a principal's password is kept and published.
  public static String passwordKey(String principal) {
    return "kafka.user." + principal + ".password";
  }

  /// The super user; only the launcher uses it.
  public KafkaLogin admin() {
    return admin;
  }

  public String bootstrapServers() {
    return admin.bootstrapServers();
  }

  /// `up`, or what is wrong.
  public String health() {
    String[] address = bootstrapServers().split(":", 2);
    try (var socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(address[0], Integer.parseInt(address[1])), CONNECT_MILLIS);
      return "up";
    } catch (IOException e) {
      return "down: Kafka does not answer at " + bootstrapServers() + " (" + e.getMessage() + ")";
    }
  }

  @Override
  public void close() {
    server.shutdown();
    server.awaitShutdown();
  }

  /// `meta.properties` is written last, so a format that was cut short is simply done again.
  private static void format(Path directory, String brokerPassword, String adminPassword) {
    PrivateFile.directory(directory);
    try {
      new Formatter()
          .setClusterId(Uuid.randomUuid().toString())
          .setNodeId(1)
          .setReleaseVersion(MetadataVersion.latestProduction())
          .setControllerListenerName("CONTROLLER")
          .setMetadataLogDirectory(directory.toString())
          .addDirectory(directory.toString())
          .setIgnoreFormatted(true)
          .setHasDynamicQuorum(false)
          .setPrintStream(new PrintStream(OutputStream.nullOutputStream(), false, UTF_8))
          .setScramArguments(List.of(scram(BROKER, brokerPassword), scram(ADMIN, adminPassword)))
          .run();
    } catch (IOException e) {
      throw new Unavailable("cannot format Kafka's directory " + directory, e);
    } catch (Exception e) {
      throw new IllegalStateException("cannot format Kafka's directory " + directory, e);
    }
  }

  private static String scram(String user, String password) {
    return "%s=[name=%s,password=%s]".formatted(KafkaLogin.MECHANISM, user, password);
  }
}
