package ai.rails.stream;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.Container.ExecResult;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;

/// The contract on the official images of PostgreSQL and Apache Kafka. Skipped, and it says so,
/// where there is no Docker.
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ContainerStreamTest implements StreamContract {
  private static final String POSTGRES = "postgres:18";
  private static final String KAFKA = "apache/kafka:4.3.1";
  private static final String JAAS =
      "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"broker\" password=\"broker-secret\";";
  private static final String SKIPPED =
      "SKIPPED: no Docker here, so the stream side was not tried on the official images; the same contract runs on embedded servers in EmbeddedStreamTest";
  private static final int INTERNAL = 9_094;

  @TempDir static Path directory;
  private GenericContainer<?> postgres;
  private GenericContainer<?> kafka;
  private Cell cell;

  @BeforeAll
  void start() throws Exception {
    if (!DockerClientFactory.instance().isDockerAvailable()) {
      LoggerFactory.getLogger(ContainerStreamTest.class).error(SKIPPED);
      Assumptions.abort(SKIPPED);
    }
    postgres =
        new GenericContainer<>(POSTGRES)
            .withEnv("POSTGRES_PASSWORD", "postgres")
            .withExposedPorts(5_432)
            .withCommand("postgres", "-c", "wal_level=logical")
            .waitingFor(
                Wait.forLogMessage(".*ready to accept connections.*", 2)
                    .withStartupTimeout(Duration.ofMinutes(3)));
    postgres.start();
    int port = EmbeddedBroker.freePort();
    kafka =
        new GenericContainer<>(KAFKA)
            .withEnv(broker(port))
            .waitingFor(
                Wait.forLogMessage(".*Kafka Server started.*", 1)
                    .withStartupTimeout(Duration.ofMinutes(3)));
    kafka.setPortBindings(List.of("%d:%d".formatted(port, port)));
    kafka.start();
    addAdmin();
    var config = Cell.config("127.0.0.1:" + port, "SASL_PLAINTEXT", directory);
    config.put("postgres.host", postgres.getHost());
    config.put("postgres.port", Integer.toString(postgres.getMappedPort(5_432)));
    config.put("postgres.database", "postgres");
    String url =
        "jdbc:postgresql://%s:%d/postgres"
            .formatted(postgres.getHost(), postgres.getMappedPort(5_432));
    cell = Cell.prepare(config, new Store(url, "postgres", "postgres"));
  }

  @AfterAll
  void stop() {
    if (cell != null) {
      cell.command().close();
    }
    if (kafka != null) {
      kafka.stop();
    }
    if (postgres != null) {
      postgres.stop();
    }
  }

  @Override
  public Cell cell() {
    return cell;
  }

  @Override
  public Path directory() {
    return directory;
  }

  /// The image formats without SCRAM users, so the first one is made over a listener inside the
  /// container, whose anonymous principal is a super user.
  private void addAdmin() throws Exception {
    ExecResult added =
        kafka.execInContainer(
            "/opt/kafka/bin/kafka-configs.sh",
            "--bootstrap-server",
            "localhost:" + INTERNAL,
            "--alter",
            "--entity-type",
            "users",
            "--entity-name",
            "admin",
            "--add-config",
            "SCRAM-SHA-512=[password=%s]".formatted(EmbeddedBroker.ADMIN_PASSWORD));
    if (added.getExitCode() != 0) {
      throw new IllegalStateException("no admin in the container: " + added.getStderr());
    }
  }

  private static Map<String, String> broker(int port) {
    var e = new HashMap<String, String>();
    e.put("KAFKA_NODE_ID", "1");
    e.put("KAFKA_PROCESS_ROLES", "broker,controller");
    e.put("KAFKA_CONTROLLER_QUORUM_VOTERS", "1@localhost:9093");
    e.put("KAFKA_CONTROLLER_LISTENER_NAMES", "CONTROLLER");
    e.put("KAFKA_INTER_BROKER_LISTENER_NAME", "INTERNAL");
    e.put(
        "KAFKA_LISTENERS",
        "CLIENT://:%d,INTERNAL://localhost:%d,CONTROLLER://localhost:9093"
            .formatted(port, INTERNAL));
    e.put(
        "KAFKA_ADVERTISED_LISTENERS",
        "CLIENT://127.0.0.1:%d,INTERNAL://localhost:%d".formatted(port, INTERNAL));
    e.put(
        "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP",
        "CLIENT:SASL_PLAINTEXT,INTERNAL:PLAINTEXT,CONTROLLER:PLAINTEXT");
    e.put("KAFKA_SASL_ENABLED_MECHANISMS", "SCRAM-SHA-512");
    e.put("KAFKA_LISTENER_NAME_CLIENT_SCRAM__SHA__512_SASL_JAAS_CONFIG", JAAS);
    e.put("KAFKA_AUTHORIZER_CLASS_NAME", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
    e.put("KAFKA_SUPER_USERS", "User:ANONYMOUS;User:admin");
    e.put("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false");
    e.put("KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR", "1");
    e.put("KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR", "1");
    e.put("KAFKA_TRANSACTION_STATE_LOG_MIN_ISR", "1");
    e.put("KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS", "0");
    return e;
  }
}
