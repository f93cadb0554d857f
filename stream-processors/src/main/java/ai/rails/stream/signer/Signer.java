package ai.rails.stream.signer;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;

import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Migrations;
import ai.rails.platform.postgres.PostgresConfig;
import ai.rails.platform.witness.Way;
import ai.rails.stream.kafka.KafkaAccess;

/// Signs the heads that the ledger task gives out, has them cosigned and publishes them. Its own
/// database and the cell's log key belong to it alone.
///
/// One thread reads, decides, signs and publishes; witnesses are asked by virtual threads.
public final class Signer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Signer.class);
  private static final String PRINCIPAL = "svc-signer";
  private static final int CONNECTIONS = 8;
  private static final Duration TIDY = Duration.ofSeconds(1);
  private static final Duration LOOK_FOR_IDLE = Duration.ofMinutes(1);
  private static final Duration STOP = Duration.ofSeconds(20);

  /// A checkpoint that no witness has confirmed for so long is cosigned again.
  private static final Duration FRESH = Duration.ofHours(1);

  private static final int IDLE_AT_ONCE = 200;

  private final SignerConfig config;
  private final InstantSource clock;
  private final PostgresCheckpoints store;
  private final SigningKeys keys;
  private final KafkaCheckpoints topics;
  private final List<WitnessPeer> witnesses;
  private final LogSigner signer;
  private final HeadReader reader;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread thread;
  private volatile @Nullable Throwable failure;
  private long tidied = System.nanoTime();
  private long lookedForIdle = System.nanoTime() - LOOK_FOR_IDLE.toNanos();

  private Signer(
      SignerConfig config,
      KafkaAccess kafka,
      Function<URI, Way> ways,
      InstantSource clock,
      SignerCounters counters)
      throws IOException {
    this.config = config;
    this.clock = clock;
    this.keys = new SigningKeys(config.keyFile(), config.historyFile(), clock);
    Map<String, Object> client = kafka.client(PRINCIPAL);
    this.witnesses = config.witnesses(ways);
    int steps = Migrations.signer(config.postgres());
    LOG.atDebug().addKeyValue("steps", steps).log("the signer's database is up to date");
    this.store =
        new PostgresCheckpoints(
            Database.open(config.postgres(), PostgresConfig.Role.SIGNER, CONNECTIONS));
    this.topics = new KafkaCheckpoints(client, config.cell(), keys);
    var scan = new KafkaTileScan(client, config.cellDomain());
    this.signer =
        new LogSigner(
            store,
            doubts ->
                new Cosigning(
                    new Cosigning.Surroundings(
                        config.policy(), witnesses, topics, scan, keys, doubts, counters, clock)),
            topics,
            keys,
            this::name,
            counters);
    this.reader = new HeadReader(client, config, signer, topics);
    this.thread = Thread.ofPlatform().name("signer").daemon(true).unstarted(this::run);
  }

  /// @param config the effective configuration
  /// @param ways how witnesses are reached
  /// @param counters go on counting when a signer takes another one's place
  /// @throws IOException if a key, the history or the policy can not be read
  public static Signer start(
      Properties config, Function<URI, Way> ways, InstantSource clock, SignerCounters counters)
      throws IOException {
    var signer =
        new Signer(SignerConfig.of(config), new KafkaAccess(config), ways, clock, counters);
    signer.thread.start();
    return signer;
  }

  public boolean up() {
    return thread.isAlive() && failure == null;
  }

  /// Whether it has stopped; another one goes on where it was.
  public boolean ended() {
    return !thread.isAlive();
  }

  /// `UP`, or what made it stop.
  public String state() {
    Throwable failed = failure;
    if (failed != null) {
      return "FAILED " + failed.getClass().getSimpleName();
    }
    List<String> silent =
        witnesses.stream().filter(WitnessPeer::resting).map(WitnessPeer::name).toList();
    return !thread.isAlive() ? "STOPPED" : silent.isEmpty() ? "UP" : "UP, no answer from " + silent;
  }

  @Override
  public void close() {
    stop.countDown();
    reader.wakeup();
    try {
      if (!thread.join(STOP)) {
        LOG.atError().log("the signer does not stop");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    signer.close();
    topics.close();
    witnesses.forEach(WitnessPeer::close);
  }

  private void run() {
    try (reader) {
      while (stop.getCount() > 0) {
        reader.read();
        signer.turn();
        housekeeping();
      }
      signer.tidy();
      reader.commit();
    } catch (RuntimeException e) {
      if (stop.getCount() > 0) {
        failure = e;
        LOG.atError().setCause(e).log("the signer stopped; heads wait until it is started again");
      }
    }
  }

  private void housekeeping() {
    long now = System.nanoTime();
    if (now - tidied > TIDY.toNanos()) {
      tidied = now;
      keys.refresh();
      signer.tidy();
      reader.commit();
    }
    if (now - lookedForIdle > LOOK_FOR_IDLE.toNanos()) {
      lookedForIdle = now;
      try {
        signer.again(store.notCosignedSince(clock.instant().minus(FRESH), IDLE_AT_ONCE));
      } catch (CheckpointStore.StoreFailed e) {
        LOG.atWarn().addKeyValue("cause", String.valueOf(e.getCause())).log("looked for later");
      }
    }
  }

  /// The partition is the one in which Kafka's default partitioner places the workspace.
  private Optional<LogName> name(String origin) {
    return LogName.ofOrigin(config.cellDomain(), origin, 0)
        .map(log ->
            new LogName(
                log.origin(),
                BuiltInPartitioner.partitionForKey(log.workspace(), config.partitions())));
  }
}
