package ai.rails.app.bench.once;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Random;
import java.util.function.Consumer;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.app.demo.Flagship;
import ai.rails.app.demo.Tenancy;
import ai.rails.app.embedded.Secrets;
import ai.rails.app.embedded.Unavailable;
import ai.rails.app.embedded.Wait;
import ai.rails.connector.Connector;
import ai.rails.connector.ManifestSignature;
import ai.rails.connector.PublishedConnectors;
import ai.rails.stream.ledger.LedgerReport;
import ai.rails.stream.ledger.LedgerVerification;

/// Makes calls while workers, the proxy, the write side, the broker and PostgreSQL are killed and
/// answers are lost, then counts by the sink's own journal. What it did stays in its directory; the
/// next sitting adds to it.
public final class OnceBench {
  private static final Duration SETTLE = Duration.ofMinutes(8);
  private static final String MANIFEST = "/once/once-sink-1.0.0.json";
  private static final String WORKFLOW = "/once/once.yaml";

  private final Plan plan;
  private final Map<String, String> environment;
  private final Consumer<String> progress;

  /// @param state directory that is kept
  /// @param calls to make in this sitting
  /// @param kills at most
  /// @param pause between kills, on average
  /// @param limit until no more runs are started
  public record Plan(
      Path state,
      int calls,
      int kills,
      int concurrency,
      Duration pause,
      Duration limit,
      long seed) {}

  public OnceBench(Plan plan, Map<String, String> environment, Consumer<String> progress) {
    this.plan = plan;
    this.environment = Map.copyOf(environment);
    this.progress = progress;
  }

  public OnceFigures measure() throws IOException {
    Path state = plan.state().toAbsolutePath();
    Files.createDirectories(state);
    Secrets kept = Secrets.open(state.resolve("secrets.properties"), new SecureRandom());
    Optional<Sitting> setUp = Sitting.read(state);
    Sitting before = setUp.orElseGet(Sitting::none);
    long began = System.nanoTime();
    try (Battered cell =
        Battered.start(state, environment, kept.of("sink.token"), OnceBench::publish, progress)) {
      Caller caller = Caller.of(cell, before.tenant(), before.workspace());
      if (setUp.isEmpty()) {
        setUp(caller.tenancy(), kept.of("sink.token"));
        before.write(state);
      }
      Driver driver = new Driver(caller, cell, progress);
      driver.take(caller.runs());
      Nemesis nemesis =
          new Nemesis(cell, plan.pause(), plan.kills(), new Random(plan.seed()), progress);
      try (nemesis) {
        driver.drive(plan.calls(), plan.concurrency(), plan.limit());
      }
      progress.accept("healed; waiting until all runs have ended");
      List<String> open = driver.settle(SETTLE);
      LedgerReport ledger = verified(cell);
      Accounts accounts = accounts(caller, cell);
      Duration took = Duration.ofNanos(System.nanoTime() - began);
      Sitting after =
          before.plus(nemesis.kills(), nemesis.faults(), driver, accounts.calls(), took);
      after.write(state);
      return OnceFigures.of(accounts, after, open.size(), ledger.equal() && ledger.lag() == 0);
    }
  }

  private Accounts accounts(Caller caller, Battered cell) {
    List<JsonNode> events = new ArrayList<>();
    caller.runs().forEach(run -> events.addAll(caller.events(run.path("run").asText())));
    return Accounts.of(events, cell.sink().effects());
  }

  /// The sink's connector is published to the installation as anybody's would be.
  private static void publish(Path data) {
    PublishedConnectors published = new PublishedConnectors(data.resolve("connectors"));
    if (!Files.exists(data.resolve("connectors/once-sink-1.0.0.json"))) {
      try {
        KeyPair key = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        published.trust("bench", ManifestSignature.raw(key.getPublic()));
        published.publish(ManifestSignature.sign(resource(MANIFEST), "bench", key.getPrivate()));
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("every JDK has Ed25519", e);
      }
    }
  }

  private static void setUp(Tenancy tenancy, String token) {
    Connector sink = ai.rails.connector.Connectors.read(resource(MANIFEST));
    tenancy.admit();
    tenancy.invite();
    tenancy.instance("sink-main", sink.name(), sink.digest(), Battered.SINK_HOST, Map.of());
    tenancy.credential("sink-main", Map.of("token", token));
    tenancy.publish(new String(resource(WORKFLOW), StandardCharsets.UTF_8));
    tenancy.grant(
        "once",
        sink.actions().keySet().stream()
            .map(action -> Map.<String, Object>of("connector", "sink", "action", action))
            .toList());
  }

  /// Both sides of the ledger recomputed, once it has caught up.
  private static LedgerReport verified(Battered cell) {
    Properties config = new Properties();
    config.putAll(cell.effective());
    List<LedgerReport> last = new ArrayList<>();
    Wait.until(
        Duration.ofSeconds(60),
        () -> {
          try {
            last.addFirst(LedgerVerification.verify(config));
            return last.getFirst().lag() == 0 || !last.getFirst().equal();
          } catch (SQLException e) {
            throw new Unavailable("the ledger can not be recomputed", e);
          }
        });
    return last.getFirst();
  }

  /// The manifest of the service that counts effects.
  public static byte[] manifest() {
    return resource(MANIFEST);
  }

  private static byte[] resource(String name) {
    try (InputStream in = OnceBench.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("this build lacks " + name);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new IllegalStateException("cannot read " + name, e);
    }
  }

  static String newId() {
    return Flagship.newId();
  }
}
