package ai.rails.app.bench;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

import ai.rails.app.embedded.KafkaLogin;
import ai.rails.domain.checkpoint.Checkpoint;
import ai.rails.domain.checkpoint.Note;
import ai.rails.domain.checkpoint.TlogPolicy;
import ai.rails.schema.Topics;

/// Reads a tenant's ledger and checkpoints as they grow: how old each leaf's event is when the leaf
/// is read, and when a checkpoint that covers it is, signed and cosigned as the policy asks. A
/// leaf's record has its event's time. One thread owns the consumer.
final class LeafWatch implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(20);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final String ledger;
  private final TlogPolicy policy;
  private final InstantSource clock;
  private final Thread thread;
  private volatile boolean closing;

  // Guarded by this.
  private final Map<String, Log> logs = new HashMap<>();
  private final List<Duration> toLeaf = new ArrayList<>();
  private final List<Duration> toCheckpoint = new ArrayList<>();
  private final List<Note> cosigned = new ArrayList<>();
  private long seen;
  private long covered;

  /// Times of the events whose leaves were read, and how many of the log are covered.
  private static final class Log {
    private final List<Long> times = new ArrayList<>();
    private long announced;
    private long announcedAt;
    private int covered;
  }

  private LeafWatch(
      KafkaConsumer<byte[], byte[]> consumer,
      String ledger,
      TlogPolicy policy,
      InstantSource clock) {
    this.consumer = consumer;
    this.ledger = ledger;
    this.policy = policy;
    this.clock = clock;
    this.thread = Thread.ofPlatform().name("bench-" + ledger).daemon().unstarted(this::follow);
  }

  static LeafWatch start(KafkaLogin login, String tenant, TlogPolicy policy, InstantSource clock) {
    var settings = new HashMap<>(login.properties());
    settings.put("isolation.level", "read_committed");
    settings.put("enable.auto.commit", false);
    settings.put("max.poll.records", 5_000);
    var consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    List<TopicPartition> partitions =
        Stream.of(Topics.ledger(tenant), Topics.checkpoints(tenant))
            .flatMap(topic -> consumer.partitionsFor(topic).stream())
            .map(each -> new TopicPartition(each.topic(), each.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    var watch = new LeafWatch(consumer, Topics.ledger(tenant), policy, clock);
    watch.thread.start();
    return watch;
  }

  /// How many leaves were read since the start.
  synchronized long seen() {
    return seen;
  }

  /// How many of them a cosigned checkpoint covers.
  synchronized long covered() {
    return covered;
  }

  /// Forgets the latencies so far.
  synchronized void forget() {
    toLeaf.clear();
    toCheckpoint.clear();
  }

  synchronized List<Duration> toLeaf() {
    return List.copyOf(toLeaf);
  }

  /// @throws IllegalStateException if a note that was counted is not what the policy asks for
  synchronized List<Duration> toCheckpoint() {
    for (Note note : cosigned) {
      String origin = Checkpoint.parse(note.text()).origin();
      if (!policy.forLog(origin).judge(note).accepted()) {
        throw new IllegalStateException("a checkpoint is not signed and cosigned: " + origin);
      }
    }
    cosigned.clear();
    return List.copyOf(toCheckpoint);
  }

  @Override
  public void close() {
    closing = true;
    try {
      thread.join();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private void follow() {
    try (consumer) {
      while (!closing) {
        var records = consumer.poll(POLL);
        long now = clock.millis();
        synchronized (this) {
          records.forEach(record -> take(record, now));
        }
      }
    }
  }

  private void take(ConsumerRecord<byte[], byte[]> record, long now) {
    Log log =
        logs.computeIfAbsent(
            new String(record.key(), StandardCharsets.UTF_8), workspace -> new Log());
    if (record.topic().equals(ledger)) {
      log.times.add(record.timestamp());
      toLeaf.add(Duration.ofMillis(Math.max(0, now - record.timestamp())));
      seen++;
    } else {
      announce(log, Note.parse(record.value()), now);
    }
    cover(log);
  }

  /// A note with the log's signature alone comes first. Signatures are checked after the
  /// measurement: here they would cost more than what is measured.
  private void announce(Log log, Note note, long now) {
    Checkpoint checkpoint = Checkpoint.parse(note.text());
    if (checkpoint.size() > log.announced && note.signatures().size() > 1) {
      cosigned.add(note);
      log.announced = checkpoint.size();
      log.announcedAt = now;
    }
  }

  /// A checkpoint may be read before its leaves are.
  private void cover(Log log) {
    for (; log.covered < Math.min(log.announced, log.times.size()); log.covered++) {
      long age = log.announcedAt - log.times.get(log.covered);
      toCheckpoint.add(Duration.ofMillis(Math.max(0, age)));
      covered++;
    }
  }
}
