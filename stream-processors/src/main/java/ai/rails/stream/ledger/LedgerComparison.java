package ai.rails.stream.ledger;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.platform.telemetry.Measure;
import ai.rails.schema.Topics;
import ai.rails.stream.kafka.KafkaAccess;

/// Compares the whole ledger with the event store at intervals and raises an alarm for each log
/// that differs: what was changed in the store, in the topics or in the trees does not stay unseen
/// for longer. `ledger.compare.every` is the interval, a day by default; the first comparison comes
/// a quarter of an hour after the start at the latest. Its own thread.
public final class LedgerComparison implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LedgerComparison.class);
  private static final Duration FIRST_WITHIN = Duration.ofMinutes(15);
  private static final Duration AGAIN_AFTER_FAILURE = Duration.ofMinutes(1);
  private static final Duration LOOK = Duration.ofMillis(500);

  private final Properties config;
  private final InstantSource clock;
  private final Duration every;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final LongAdder done = new LongAdder();
  private final Thread thread;
  private volatile @Nullable Outcome last;
  private volatile @Nullable Throwable failure;

  /// @param at when the comparison began
  public record Outcome(Instant at, LedgerReport report) {}

  private LedgerComparison(Properties config, InstantSource clock) {
    this.config = config;
    this.clock = clock;
    this.every = every(config);
    this.thread = Thread.ofPlatform().daemon().name("ledger-comparison").unstarted(this::run);
  }

  /// @param config as [LedgerVerification] needs it, with the password of `svc-streams`
  /// @throws IllegalStateException if `ledger.compare.every` is no duration of a second or more
  public static LedgerComparison start(Properties config, InstantSource clock) {
    var comparison = new LedgerComparison(config, clock);
    comparison.thread.start();
    return comparison;
  }

  /// Whether it runs and found no difference when it last looked.
  public boolean up() {
    Outcome outcome = last;
    return thread.isAlive() && (outcome == null || outcome.report.equal());
  }

  public boolean ended() {
    return !thread.isAlive();
  }

  public Optional<Outcome> last() {
    return Optional.ofNullable(last);
  }

  /// What the last comparison said.
  public String state() {
    Outcome outcome = last;
    if (outcome == null) {
      return failure == null ? "NOT YET" : "UNAVAILABLE";
    }
    return "%s %s"
        .formatted(
            outcome.report.equal()
                ? "EQUAL"
                : "%d DIFFERENT".formatted(outcome.report.differences().size()),
            outcome.at.truncatedTo(java.time.temporal.ChronoUnit.SECONDS));
  }

  public List<Measure> measures() {
    return List.of(
        Measure.total(
            "airails.ledger.comparisons",
            "{comparison}",
            "Comparisons of the ledger with the event store.",
            done::sum),
        Measure.level(
            "airails.ledger.differences",
            "{log}",
            "Logs that differed from the event store, or from their own tree, when last compared.",
            () -> last().map(o -> (long) o.report.differences().size()).orElse(0L)));
  }

  @Override
  public void close() {
    stop.countDown();
    try {
      thread.join(Duration.ofSeconds(10));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    Instant due = clock.instant().plus(every.compareTo(FIRST_WITHIN) < 0 ? every : FIRST_WITHIN);
    try {
      while (!stop.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
        Instant now = clock.instant();
        if (!now.isBefore(due)) {
          due = clock.instant().plus(compare(now) ? every : AGAIN_AFTER_FAILURE);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean compare(Instant now) {
    try {
      LedgerReport report = LedgerVerification.verify(config, "svc-streams");
      report.differences().forEach(difference -> LOG.error("ledger differs; {}", difference));
      raise(now, report);
      last = new Outcome(now, report);
      failure = null;
      done.increment();
      LOG.info(
          "ledger compared with the store; equal={} entries={} logs={}",
          report.equal(),
          report.ledgerEntries(),
          report.workspaces());
      return true;
    } catch (SQLException | KafkaException | IllegalStateException e) {
      failure = e;
      LOG.warn("the ledger could not be compared with the store; trying again", e);
      return false;
    }
  }

  private void raise(Instant now, LedgerReport report) {
    if (report.differences().isEmpty()) {
      return;
    }
    Map<String, Object> client = new KafkaAccess(config).client("svc-streams");
    client.put("acks", "all");
    try (var producer =
        new KafkaProducer<>(client, new ByteArraySerializer(), new ByteArraySerializer())) {
      report.differences().forEach(difference -> {
        var alarm =
            new Alarm(
                Alarm.Code.DIFFERENT,
                difference.tenant(),
                difference.workspace(),
                difference.position(),
                0);
        var _ =
            producer.send(
                new ProducerRecord<>(
                    Topics.alarms(config.getProperty("cell.id")),
                    null,
                    now.toEpochMilli(),
                    alarm.key(),
                    alarm.json()));
      });
      producer.flush();
    }
  }

  private static Duration every(Properties config) {
    String text = config.getProperty("ledger.compare.every", "PT24H");
    try {
      Duration every = Duration.parse(text.toUpperCase(Locale.ROOT));
      if (every.compareTo(Duration.ofSeconds(1)) >= 0) {
        return every;
      }
    } catch (java.time.format.DateTimeParseException e) {
      LOG.debug("not a duration", e);
    }
    throw new IllegalStateException(
        "ledger.compare.every is %s; give a duration of a second or more, such as PT24H"
            .formatted(text));
  }
}
