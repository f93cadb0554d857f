package ai.rails.app.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Stream;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

import ai.rails.app.LogTrust;
import ai.rails.app.embedded.Broker;
import ai.rails.app.embedded.KafkaLogin;
import ai.rails.app.embedded.KafkaPrincipals;
import ai.rails.app.embedded.Ports;
import ai.rails.app.embedded.Postgres;
import ai.rails.app.embedded.Secrets;
import ai.rails.app.embedded.SignerDatabase;
import ai.rails.app.embedded.Unavailable;
import ai.rails.domain.checkpoint.TlogPolicy;
import ai.rails.platform.witness.Way;
import ai.rails.platform.witness.WitnessServer;
import ai.rails.schema.Topics;
import ai.rails.stream.kafka.KafkaAccess;
import ai.rails.stream.ledger.Ledger;
import ai.rails.stream.ledger.LedgerCounters;
import ai.rails.stream.provisioner.FileWorkerCredentials;
import ai.rails.stream.provisioner.TenantSetup;
import ai.rails.stream.signer.Signer;
import ai.rails.stream.signer.SignerCounters;

/// The ledger task, the signer and a witness as in production, on a broker and a database of their
/// own: events are put into the events topic at an offered rate and followed to the ledger topic
/// and to the checkpoints that cover them. The relay before is not part of it.
final class LedgerStreams implements AutoCloseable {
  private static final String DOMAIN = "bench.internal";
  private static final int PARTITIONS = 2;
  private static final int WORKSPACES = 8;
  private static final Duration WARM_UP = Duration.ofSeconds(15);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration TICK = Duration.ofMillis(5);

  private final InstantSource clock = InstantSource.system();
  private final Path kafka;
  private final Broker broker;
  private final TlogPolicy policy;
  private final Consumer<String> progress;

  // In the order in which they were started.
  private final List<AutoCloseable> running;

  private LedgerStreams(
      Path kafka,
      Broker broker,
      TlogPolicy policy,
      Consumer<String> progress,
      List<AutoCloseable> running) {
    this.kafka = kafka;
    this.broker = broker;
    this.policy = policy;
    this.progress = progress;
    this.running = running;
  }

  /// @param loads events/s that will be offered; each gets a tenant of its own
  static LedgerStreams start(Path directory, List<Integer> loads, Consumer<String> progress)
      throws IOException {
    var random = new SecureRandom();
    Secrets secrets = Secrets.open(directory.resolve("secrets.properties"), random);
    Ports ports = Ports.open(directory.resolve("ports.properties"), random);
    int database = ports.of("postgres");
    int witness = ports.of("witness");
    Path kafka = directory.resolve("kafka");
    var running = new ArrayList<AutoCloseable>();
    try {
      Broker broker = Broker.start(kafka, ports.of("kafka"), ports.of("controller"), secrets);
      running.add(broker);
      running.add(
          Postgres.start(
              directory.resolve("postgres"),
              directory.resolve("postgres-binaries"),
              database,
              secrets));
      Properties config = config(directory, broker, secrets);
      config.putAll(SignerDatabase.properties(database, secrets));
      KafkaPrincipals.ensure(broker.admin(), config, secrets);
      makeTenants(broker.admin(), config, loads);
      var trust = new LogTrust(directory, DOMAIN);
      trust.ensure(witness, InstantSource.system(), random);
      config.putAll(trust.properties(witness));
      running.add(witness(config));
      Ledger ledger = Ledger.start(config, new LedgerCounters());
      running.add(ledger);
      running.add(
          Signer.start(
              config,
              _ -> Way.direct(Duration.ofSeconds(5)),
              InstantSource.system(),
              new SignerCounters()));
      String text = Files.readString(Path.of(config.getProperty("evidence.policy.file")));
      return new LedgerStreams(kafka, broker, TlogPolicy.parse(text), progress, running);
    } catch (IOException | RuntimeException e) {
      stop(running);
      throw e;
    }
  }

  private static WitnessServer witness(Properties config) throws IOException {
    return WitnessServer.start(
        new WitnessServer.Settings(
            Path.of(config.getProperty("witness.dir")),
            Path.of(config.getProperty("witness.key.file")),
            Path.of(config.getProperty("witness.logs.file")),
            "127.0.0.1",
            Integer.parseInt(config.getProperty("witness.port"))),
        InstantSource.system());
  }

  LedgerFigures.Streamed measure(int offered, Duration limit) throws IOException {
    String tenant = tenant(offered);
    progress.accept("offering %d events/s to the ledger".formatted(offered));
    double before = bytes("rails-ledger-");
    try (LeafWatch watch = LeafWatch.start(broker.admin(), tenant, policy, clock);
        var producer =
            new KafkaProducer<>(settings(), new ByteArraySerializer(), new ByteArraySerializer())) {
      List<BenchEvents.Encoded> events =
          events(tenant, offered * (int) WARM_UP.plus(limit).toSeconds());
      long warm = offer(producer, events, 0, offered, WARM_UP).sent();
      await(watch, warm);
      watch.forget();
      double cpu = streamThreads();
      Offered done = offer(producer, events, warm, offered, limit);
      await(watch, done.sent());
      double entries = done.sent();
      return new LedgerFigures.Streamed(
          offered,
          (done.sent() - warm) / (done.took().toNanos() / 1e9),
          done.sent(),
          (streamThreads() - cpu) * 1e6 / (done.sent() - warm),
          Latency.of(watch.toLeaf()),
          Latency.of(watch.toCheckpoint()),
          new LedgerFigures.Stored(
              bytes(Topics.ledger(tenant)) / entries,
              bytes(Topics.tiles(tenant)) / entries,
              bytes(Topics.treeHeads(tenant)) / entries,
              bytes(Topics.checkpoints(tenant)) / entries,
              (bytes("rails-ledger-") - before) / entries,
              bytes(Topics.events(tenant)) / entries));
    }
  }

  /// Made before, so that their making is not measured.
  private static List<BenchEvents.Encoded> events(String tenant, int count) {
    var makers = new ArrayList<BenchEvents>();
    for (int i = 0; i < WORKSPACES; i++) {
      makers.add(new BenchEvents(tenant, "w" + i));
    }
    var events = new ArrayList<BenchEvents.Encoded>(count);
    for (int i = 0; i < count; i++) {
      events.add(makers.get(i % WORKSPACES).at(i / WORKSPACES + 1));
    }
    return events;
  }

  private static double streamThreads() {
    return Cpu.seconds(name -> name.startsWith("rails-ledger") && name.contains("StreamThread"));
  }

  private record Offered(long sent, Duration took) {}

  /// Sends what is due at each tick; what cannot be sent in time is sent late and counts as reached
  /// later.
  private Offered offer(
      KafkaProducer<byte[], byte[]> producer,
      List<BenchEvents.Encoded> events,
      long from,
      int perSecond,
      Duration limit) {
    long began = System.nanoTime();
    long sent = from;
    while (System.nanoTime() - began < limit.toNanos()) {
      long due =
          Math.min(events.size(), from + (long) ((System.nanoTime() - began) / 1e9 * perSecond));
      for (; sent < due && System.nanoTime() - began < limit.toNanos(); sent++) {
        send(producer, events.get((int) sent), sent / WORKSPACES + 1);
      }
      LockSupport.parkNanos(TICK.toNanos());
    }
    producer.flush();
    return new Offered(sent, Duration.ofNanos(System.nanoTime() - began));
  }

  private void send(
      KafkaProducer<byte[], byte[]> producer, BenchEvents.Encoded event, long position) {
    long now = clock.millis();
    var record =
        new ProducerRecord<>(
            Topics.events(event.header().tenant()),
            null,
            now,
            utf8(event.header().workspace()),
            event.bytes());
    Map.of(
            "id", event.header().eventId(),
            "position", Long.toString(position),
            "recorded_at", Long.toString(now),
            "type", event.event().entryType().name(),
            "traceparent", event.header().traceparent().orElse(""))
        .forEach((name, value) -> record.headers().add(name, utf8(value)));
    var _ = producer.send(record);
  }

  private static void await(LeafWatch watch, long leaves) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (watch.covered() < leaves) {
      if (System.nanoTime() > end) {
        throw new Unavailable(
            "of %s leaves %s came within %s s, and %s were cosigned"
                .formatted(leaves, watch.seen(), PATIENCE.toSeconds(), watch.covered()));
      }
      LockSupport.parkNanos(TICK.toNanos());
    }
  }

  private Map<String, Object> settings() {
    var settings = new java.util.HashMap<>(broker.admin().properties());
    settings.put("linger.ms", 5);
    settings.put("acks", "all");
    return settings;
  }

  /// Log segments of all partitions whose name begins so.
  private double bytes(String prefix) throws IOException {
    long sum = 0;
    try (Stream<Path> partitions = Files.list(kafka)) {
      for (Path partition :
          partitions.filter(p -> p.getFileName().toString().startsWith(prefix)).toList()) {
        try (Stream<Path> files = Files.list(partition)) {
          for (Path log : files.filter(f -> f.toString().endsWith(".log")).toList()) {
            sum += Files.size(log);
          }
        }
      }
    }
    return sum;
  }

  private static String tenant(int offered) {
    return "bench-" + offered;
  }

  private static Properties config(Path directory, Broker broker, Secrets secrets) {
    var config = new Properties();
    config.setProperty("cell.id", "bench");
    config.setProperty("cell.domain", DOMAIN);
    config.setProperty("data.dir", directory.toString());
    config.setProperty("kafka.bootstrap.servers", broker.bootstrapServers());
    config.setProperty("kafka.security.protocol", KafkaLogin.PROTOCOL);
    config.setProperty("kafka.sasl.mechanism", KafkaLogin.MECHANISM);
    config.setProperty("kafka.partitions", Integer.toString(PARTITIONS));
    config.setProperty("kafka.replication.factor", "1");
    for (String service : KafkaPrincipals.services()) {
      config.setProperty(Broker.passwordKey(service), secrets.of(Broker.passwordKey(service)));
    }
    return config;
  }

  private static void makeTenants(KafkaLogin login, Properties config, List<Integer> loads) {
    try (Admin admin = Admin.create(login.properties())) {
      var setup =
          new TenantSetup(
              admin,
              new KafkaAccess(config),
              new FileWorkerCredentials(Path.of(config.getProperty("data.dir"))),
              new SecureRandom());
      for (int load : loads) {
        setup.topics(tenant(load));
        setup.signer(tenant(load));
      }
    } catch (ExecutionException e) {
      throw new Unavailable("Kafka refused the benchmark's topics: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable("interrupted while waiting for Kafka", e);
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    stop(running);
  }

  private static void stop(List<AutoCloseable> running) {
    for (AutoCloseable each : running.reversed()) {
      try {
        each.close();
      } catch (Exception e) {
        throw new IllegalStateException("a part of the benchmark did not stop", e);
      }
    }
  }
}
