package ai.rails.projection.feed;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads one topic of every tenant and folds it. The offsets lie in PostgreSQL, beside what was
/// folded; Kafka's group only shares out the partitions. It owns one thread.
///
/// A missing neighbour is waited for. Records that can not be folded stop their partition, which is
/// one tenant's, and no other: to fold past them would show a history that never was.
public final class Feed implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Feed.class);
  private static final Duration POLL = Duration.ofMillis(250);
  private static final Duration AGAIN = Duration.ofMillis(250);
  private static final Duration REST = Duration.ofSeconds(1);
  private static final Duration STOP = Duration.ofSeconds(30);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Input input;
  private final Fold fold;
  private final Progress progress;
  private final Standings standings;
  private final Map<TopicPartition, Long> early = new HashMap<>();
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread thread;

  /// What is read, of every tenant.
  public enum Input {
    LEDGER("ledger", "proj-main"),
    CHECKPOINTS("checkpoints", "proj-checkpoints");

    private final String word;
    private final String group;

    Input(String word, String group) {
      this.word = word;
      this.group = group;
    }

    String topic(String tenant) {
      return "t.%s.%s.v1".formatted(tenant, word);
    }
  }

  /// Where a feed reads, and as whom.
  ///
  /// @param connection bootstrap servers and login of `svc-projection`
  /// @param instance of this process among those of its cell; a second one of the same name takes
  ///   the first one's place
  public record Source(Map<?, ?> connection, String instance) {}

  /// What is done with records, and where it goes on.
  public interface Fold {
    /// Folds records of one partition, in their order, in one transaction.
    ///
    /// @throws Early if another feed must come first
    /// @throws IllegalStateException if a record can not be folded
    Folding.Folded fold(String topic, int part, List<Folding.Received> batch);

    /// Where the feed goes on, or nothing if it never read this partition.
    Optional<Long> offset(String topic, int part);
  }

  /// @param source where it reads
  public Feed(Source source, Input input, Fold fold, Progress progress, Standings standings) {
    Properties settings = new Properties();
    settings.putAll(source.connection());
    settings.put("group.id", input.group);
    // Static membership: after a crash nobody waits for what the dead member held or began.
    settings.put("group.instance.id", input.group + "-" + source.instance());
    settings.put("isolation.level", "read_committed");
    settings.put("auto.offset.reset", "earliest");
    settings.put("enable.auto.commit", "false");
    settings.put("metadata.max.age.ms", "1000");
    settings.put("max.poll.records", "1000");
    this.consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    this.input = input;
    this.fold = fold;
    this.progress = progress;
    this.standings = standings;
    this.thread = Thread.ofPlatform().name(input.word + "-feed").unstarted(this::run);
  }

  public Feed start() {
    thread.start();
    return this;
  }

  private void run() {
    standings.ended("");
    try (consumer) {
      consumer.subscribe(
          Pattern.compile("t\\.[^.]+\\.%s\\.v1".formatted(input.word)), new Resume());
      while (stop.getCount() > 0) {
        follow();
      }
    } catch (WakeupException e) {
      LOG.atDebug().addKeyValue("feed", input.word).log("feed is told to stop");
    } catch (RuntimeException e) {
      standings.ended("the feed ended: " + e.getClass().getSimpleName());
      LOG.atError()
          .setCause(e)
          .addKeyValue("feed", input.word)
          .log("feed ended; views no longer follow");
    }
  }

  private void follow() {
    try {
      resume();
      ConsumerRecords<byte[], byte[]> polled = consumer.poll(POLL);
      if (fold(polled)) {
        standings.waiting("");
      } else {
        standings.waiting("PostgreSQL does not answer; the feed waits for it");
        rest();
      }
      consumer.assignment().forEach(p -> standings.left(p, consumer.currentLag(p).orElse(0)));
    } catch (WakeupException e) {
      throw e;
    } catch (KafkaException e) {
      standings.waiting("Kafka refuses: " + e.getClass().getSimpleName());
      LOG.atWarn().setCause(e).addKeyValue("feed", input.word).log("can not read; it tries again");
      rest();
    }
  }

  /// What became of records.
  private enum Outcome {
    FOLDED,
    /// One can not be folded; its partition stands still.
    STOPPED,
    /// Another feed comes first; its partition rests for a moment.
    EARLY,
    /// The database does not serve.
    OUTAGE
  }

  /// @return false if the database does not serve; what was not folded is read again
  private boolean fold(ConsumerRecords<byte[], byte[]> polled) {
    boolean serves = true;
    for (TopicPartition partition : polled.partitions()) {
      List<ConsumerRecord<byte[], byte[]>> records = polled.records(partition);
      if (serves) {
        serves = fold(partition, records) != Outcome.OUTAGE;
      }
      if (!serves) {
        consumer.seek(partition, records.getFirst().offset());
      }
    }
    return serves;
  }

  private Outcome fold(TopicPartition partition, List<ConsumerRecord<byte[], byte[]>> records) {
    List<Folding.Received> batch = new ArrayList<>(records.size());
    records.forEach(r -> batch.add(new Folding.Received(r.offset(), r.timestamp(), r.value())));
    try {
      Folding.Folded folded = fold.fold(partition.topic(), partition.partition(), batch);
      standings.folded(partition, folded.entries(), records.getLast().timestamp());
      progress.move(folded.positions());
      return Outcome.FOLDED;
    } catch (Early e) {
      return records.size() == 1
          ? rest(partition, records.getFirst(), e)
          : foldSingly(partition, records);
    } catch (RuntimeException e) {
      if (Outage.caused(e)) {
        LOG.atWarn().setCause(e).addKeyValue("feed", input.word).log("feed waits for PostgreSQL");
        return Outcome.OUTAGE;
      }
      return records.size() == 1
          ? stop(partition, records.getFirst().offset(), e)
          : foldSingly(partition, records);
    }
  }

  /// What comes before a record that can not be folded is folded all the same.
  private Outcome foldSingly(
      TopicPartition partition, List<ConsumerRecord<byte[], byte[]>> records) {
    for (ConsumerRecord<byte[], byte[]> record : records) {
      Outcome outcome = fold(partition, List.of(record));
      if (outcome != Outcome.FOLDED) {
        return outcome;
      }
    }
    return Outcome.FOLDED;
  }

  private Outcome stop(TopicPartition partition, long offset, RuntimeException e) {
    consumer.seek(partition, offset);
    consumer.pause(List.of(partition));
    standings.stopped(partition, reason(e));
    LOG.atError()
        .setCause(e)
        .addKeyValue("topic", partition.topic())
        .addKeyValue("part", partition.partition())
        .log("feed stopped; this tenant's views no longer follow its ledger");
    return Outcome.STOPPED;
  }

  /// Reads the record again in a moment.
  private Outcome rest(TopicPartition partition, ConsumerRecord<byte[], byte[]> record, Early why) {
    consumer.seek(partition, record.offset());
    consumer.pause(List.of(partition));
    early.put(partition, System.nanoTime() + AGAIN.toNanos());
    standings.early(partition, record.timestamp(), String.valueOf(why.getMessage()));
    return Outcome.EARLY;
  }

  private void resume() {
    long now = System.nanoTime();
    List<TopicPartition> due =
        early.entrySet().stream()
            .filter(e -> now - e.getValue() >= 0)
            .map(Map.Entry::getKey)
            .toList();
    due.forEach(early::remove);
    consumer.resume(due);
  }

  /// Only our own sentences are shown; a driver's message may quote a row.
  private static String reason(RuntimeException e) {
    return e instanceof IllegalStateException || e instanceof IllegalArgumentException
        ? String.valueOf(e.getMessage())
        : "an entry can not be folded: " + e.getClass().getSimpleName();
  }

  private void rest() {
    try {
      boolean _ = stop.await(REST.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      stop.countDown();
    }
  }

  @Override
  public void close() {
    stop.countDown();
    consumer.wakeup();
    try {
      if (!thread.join(STOP)) {
        LOG.atError()
            .addKeyValue("feed", input.word)
            .log("feed does not end; its transaction is still open");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Goes on where PostgreSQL says.
  private final class Resume implements ConsumerRebalanceListener {
    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      partitions.forEach(standings::revoked);
      partitions.forEach(early::remove);
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      for (TopicPartition p : partitions) {
        standings.assigned(p);
        fold.offset(p.topic(), p.partition())
            .ifPresentOrElse(
                next -> consumer.seek(p, next), () -> consumer.seekToBeginning(List.of(p)));
      }
    }
  }
}
