package ai.rails.projection.feed;

import java.time.Duration;
import java.util.Collection;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;

import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads every tenant's ledger topic and folds it. The offsets lie in PostgreSQL, beside what was
/// folded; Kafka's group only shares out the partitions. It owns one thread.
public final class LedgerFeed implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LedgerFeed.class);
  private static final Pattern TOPICS = Pattern.compile("t\\.[^.]+\\.ledger\\.v1");
  private static final Duration POLL = Duration.ofMillis(500);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Folding folding;
  private final Progress progress;
  private final AtomicLong folded = new AtomicLong();
  private final AtomicLong newestMillis = new AtomicLong();
  private final Thread thread;
  private volatile boolean stopping;
  private volatile String failure = "";

  /// @param connection bootstrap servers and login of `svc-projection`
  public LedgerFeed(Properties connection, Folding folding, Progress progress) {
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
    this.thread = Thread.ofPlatform().name("ledger-feed").unstarted(this::run);
  }

  public LedgerFeed start() {
    thread.start();
    return this;
  }

  /// Entries folded since the start.
  public long folded() {
    return folded.get();
  }

  /// `recorded_at` of the newest folded entry, Unix milliseconds.
  public long newestMillis() {
    return newestMillis.get();
  }

  /// Why the feed stands still; empty while it runs.
  public String failure() {
    return failure;
  }

  private void run() {
    try {
      consumer.subscribe(TOPICS, new Resume());
      while (!stopping) {
        fold(consumer.poll(POLL));
      }
    } catch (WakeupException e) {
      LOG.debug("ledger feed is told to stop");
    } catch (RuntimeException e) {
      failure = String.valueOf(e.getMessage());
      LOG.error("ledger feed stopped; views no longer follow the ledger", e);
    } finally {
      consumer.close();
    }
  }

  private void fold(ConsumerRecords<byte[], byte[]> polled) {
    for (TopicPartition partition : polled.partitions()) {
      var batch =
          polled.records(partition).stream()
              .map(r -> new Folding.Received(r.offset(), r.value()))
              .toList();
      progress.move(folding.fold(partition.topic(), partition.partition(), batch));
      folded.addAndGet(batch.size());
      newestMillis.accumulateAndGet(
          polled.records(partition).stream().mapToLong(ConsumerRecord::timestamp).max().orElse(0),
          Math::max);
    }
  }

  @Override
  public void close() {
    stopping = true;
    consumer.wakeup();
    try {
      thread.join(Duration.ofSeconds(10));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Goes on where PostgreSQL says.
  private final class Resume implements ConsumerRebalanceListener {
    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      LOG.debug("ledger feed gives back {} partitions", partitions.size());
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      for (TopicPartition p : partitions) {
        folding
            .offset(p.topic(), p.partition())
            .ifPresentOrElse(
                next -> consumer.seek(p, next),
                () -> consumer.seekToBeginning(java.util.List.of(p)));
      }
    }
  }
}
