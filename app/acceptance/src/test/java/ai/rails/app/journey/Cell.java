package ai.rails.app.journey;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;

import ai.rails.app.Stack;
import ai.rails.app.demo.PinnedModel;
import ai.rails.app.embedded.EffectiveProperties;
import ai.rails.app.embedded.OpaBinary;
import ai.rails.app.embedded.ProcessIdentity;
import ai.rails.app.embedded.Secrets;
import ai.rails.app.embedded.Wait;
import ai.rails.enclave.classifier.OfflineClassifier;
import ai.rails.stream.ledger.LedgerReport;
import ai.rails.stream.ledger.LedgerVerification;

/// The whole product as `rails up` starts it, with Kafka in a process of its own and an OPA that
/// can be kept from starting. All journeys of a test run share one.
final class Cell implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final Path directory;
  private final Map<String, String> environment;
  private final Stack stack;
  private final RailsProcess postgres;
  private RailsProcess kafka;
  private @Nullable Triage shared;
  private @Nullable Triage second;

  private Cell(
      Path directory,
      Map<String, String> environment,
      RailsProcess postgres,
      RailsProcess kafka,
      Stack stack) {
    this.directory = directory;
    this.environment = environment;
    this.postgres = postgres;
    this.kafka = kafka;
    this.stack = stack;
  }

  /// The one of this test run, started when first asked for and closed at its end.
  static Cell shared(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(ExtensionContext.Namespace.create(Cell.class))
        .computeIfAbsent(Cell.class, _ -> start(), Cell.class);
  }

  private static Cell start() {
    try {
      Path directory = Files.createTempDirectory("rails-journeys-");
      Map<String, String> environment = environment(directory);
      RailsProcess postgres = server(directory, environment, "postgres");
      RailsProcess kafka = server(directory, environment, "kafka");
      Path servers = directory.resolve("servers.properties");
      described(directory, "postgres").with(described(directory, "kafka").values()).write(servers);
      Stack stack =
          Stack.start(directory.resolve("data"), servers, environment, System.out::println);
      return new Cell(directory, environment, postgres, kafka, stack);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static RailsProcess server(
      Path directory, Map<String, String> environment, String server) {
    return RailsProcess.start(
        directory.resolve(server + ".log"),
        "use them with",
        environment,
        "servers",
        server,
        "--data",
        directory.resolve(server).toString());
  }

  private static EffectiveProperties described(Path directory, String server) {
    return EffectiveProperties.load(directory.resolve(server).resolve("servers.properties"));
  }

  /// With an OPA in front of the real one that does not start while a file says so.
  static Map<String, String> environment(Path directory) throws IOException {
    var environment = new HashMap<String, String>();
    environment.put("HOME", System.getenv("HOME"));
    environment.put("PATH", System.getenv("PATH"));
    environment.put("AIRAILS_HOME", root().toString());
    Path real = OpaBinary.find(System.getenv(), root()).path();
    Path opa = directory.resolve("opa");
    Files.writeString(
        opa,
        """
        #!/bin/sh
        [ "$1" = run ] && [ -e "%s.down" ] && exit 1
        exec "%s" "$@"
        """
            .formatted(opa, real));
    opa.toFile().setExecutable(true);
    environment.put("AIRAILS_OPA", opa.toString());
    return environment;
  }

  static Path root() {
    Path here = Path.of("").toAbsolutePath();
    while (!Files.exists(here.resolve("rails"))) {
      here = Optional.ofNullable(here.getParent()).orElseThrow();
    }
    return here;
  }

  Stack stack() {
    return stack;
  }

  Path data() {
    return directory.resolve("data");
  }

  URI api() {
    return URI.create(stack.properties().require("command.url"));
  }

  /// The flagship of the tenant that most journeys share.
  synchronized Triage triage() {
    Triage made = Optional.ofNullable(shared).orElseGet(this::anotherTenant);
    shared = made;
    return made;
  }

  /// The flagship of a second tenant.
  synchronized Triage secondTenant() {
    Triage made = Optional.ofNullable(second).orElseGet(this::anotherTenant);
    second = made;
    return made;
  }

  /// The flagship of a tenant of its own, with a vendor's model behind its stand-in.
  Triage withModel(PinnedModel.Provider provider) {
    return new Triage(stack.flagship(OfflineClassifier.standard(), provider), stack.world());
  }

  /// The flagship of a tenant of its own, whose workflow differs from the pack's.
  Triage withWorkflow(UnaryOperator<String> difference) {
    return new Triage(
        stack.flagship(
            OfflineClassifier.standard(), PinnedModel.Provider.OFFLINE_CLASSIFIER, difference),
        stack.world());
  }

  private Triage anotherTenant() {
    return new Triage(stack.flagship(OfflineClassifier.standard()), stack.world());
  }

  /// A child of the launcher, by the beginning of its name.
  ProcessHandle child(String name) {
    try (Stream<Path> records = Files.list(data().resolve("run"))) {
      return records
          .filter(file -> file.getFileName().toString().startsWith(name))
          .filter(file -> file.toString().endsWith(".pid"))
          .flatMap(file -> ProcessIdentity.read(file).flatMap(ProcessIdentity::alive).stream())
          .findFirst()
          .orElseThrow(() -> new IllegalStateException("no child " + name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  ProcessHandle worker(Triage triage) {
    return child("worker-" + triage.tenant().substring(0, 8));
  }

  String log(String name) {
    try (Stream<Path> logs = Files.list(data().resolve("logs"))) {
      var text = new StringBuilder();
      for (Path log :
          logs.filter(file -> file.getFileName().toString().startsWith(name)).toList()) {
        text.append(Files.readString(log));
      }
      return text.toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// What only PostgreSQL's super user can do.
  Connection superUser() throws SQLException {
    String password =
        Secrets.open(
                directory.resolve("postgres").resolve("secrets.properties"), new SecureRandom())
            .of("postgres.super.password");
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:%s/airails"
            .formatted(stack.properties().require("postgres.port")),
        "postgres",
        password);
  }

  ProcessHandle postmaster() {
    try {
      Path file = directory.resolve("postgres/postgres/cluster/postmaster.pid");
      return ProcessHandle.of(Long.parseLong(Files.readAllLines(file).getFirst().strip()))
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  RailsProcess kafka() {
    return kafka;
  }

  void restartKafka() {
    kafka = server(directory, environment, "kafka");
  }

  /// OPA does not start any more, or does again.
  void keepOpaDown(boolean down) {
    Path mark = Path.of(directory.resolve("opa") + ".down");
    try {
      if (down) {
        Files.writeString(mark, "");
      } else {
        Files.deleteIfExists(mark);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void awaitHealth(String part, String beginning) {
    if (!Wait.until(LIMIT, () -> healthOf(part).startsWith(beginning))) {
      throw new AssertionError("%s is %s, not %s".formatted(part, healthOf(part), beginning));
    }
  }

  String healthOf(String part) {
    return stack.health().getOrDefault(part, "absent");
  }

  /// Both sides recomputed, once the ledger has caught up.
  LedgerReport verifiedLedger() {
    return verifiedLedger(stack.properties().values());
  }

  static LedgerReport verifiedLedger(Map<String, String> effective) {
    Properties config = new Properties();
    config.putAll(effective);
    var last = new LedgerReport[1];
    Wait.until(
        LIMIT,
        () -> {
          last[0] = verify(config);
          return last[0].lag() == 0 || !last[0].equal();
        });
    return last[0];
  }

  private static LedgerReport verify(Properties config) {
    try {
      return LedgerVerification.verify(config);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    stack.close();
    kafka.close();
    postgres.close();
    clear(directory);
  }

  static void clear(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
