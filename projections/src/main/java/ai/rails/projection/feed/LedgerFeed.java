package ai.rails.projection.feed;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
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

/// Reads every tenant's ledger topic and folds it. The offsets lie in PostgreSQL, beside what was
/// folded; Kafka's group only shares out the partitions. It owns one thread.
///
/// A missing neighbour is waited for. Records that can not be folded stop their partition, which is
/// one tenant's, and no other: to fold past them would show a history that never was.
public final class LedgerFeed implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LedgerFeed.class);
  private static final Pattern TOPICS = Pattern.compile("t\\.[^.]+\\.ledger\\.v1");
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration REST = Duration.ofSeconds(1);
  private static final Duration STOP = Duration.ofSeconds(30);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Folding folding;
  private final Progress progress;
  private final Standings standings;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final Thread thread;

  /// @param connection bootstrap servers and login of `svc-projection`
  public LedgerFeed(
      Properties connection, Folding folding, Progress progress, Standings standings) {
    Properties settings = new Properties();
    settings.putAll(connection);
    settings.put("group.id", "proj-main");
    settings.put("isolation.level", "read_committed");
    settings.put("auto.offset.reset", "earliest");
    settings.put("enable.auto.commit", "false");
    settings.put("metadata.max.age.ms", "1000");
    settings.put("max.poll.records", "1000");
    this.consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    this.folding = folding;
    this.progress = progress;
    this.standings = standings;
    this.thread = Thread.ofPlatform().name("ledger-feed").unstarted(this::run);
  }

  public LedgerFeed start() {
    thread.start();
    return this;
  }

  private void run() {
    standings.ended("");
    try (consumer) {
      consumer.subscribe(TOPICS, new Resume());
      while (stop.getCount() > 0) {
        follow();
      }
    } catch (WakeupException e) {
      LOG.debug("ledger feed is told to stop");
    } catch (RuntimeException e) {
      standings.ended("the feed ended: " + e.getClass().getSimpleName());
      LOG.error("ledger feed ended; views no longer follow the ledger", e);
    }
  }

  private void follow() {
    try {
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
      LOG.atWarn().setCause(e).log("ledger feed can not read; it tries again");
      rest();
    }
  }

  /// What became of records.
  private enum Outcome {
    FOLDED,
    /// One can not be folded; its partition stands still.
    STOPPED,
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
    records.forEach(r -> batch.add(new Folding.Received(r.offset(), r.value())));
    try {
      Folding.Folded folded = folding.fold(partition.topic(), partition.partition(), batch);
      standings.folded(partition, folded.entries(), records.getLast().timestamp());
      progress.move(folded.positions());
      return Outcome.FOLDED;
    } catch (RuntimeException e) {
      if (Outage.caused(e)) {
        LOG.atWarn().setCause(e).log("ledger feed waits for PostgreSQL");
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
        .log("ledger feed stopped; this tenant's views no longer follow its ledger");
    return Outcome.STOPPED;
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
        LOG.error("ledger feed does not end; its transaction is still open");
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
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      for (TopicPartition p : partitions) {
        standings.assigned(p);
        folding
            .offset(p.topic(), p.partition())
            .ifPresentOrElse(
                next -> consumer.seek(p, next), () -> consumer.seekToBeginning(List.of(p)));
      }
    }
  }
}
