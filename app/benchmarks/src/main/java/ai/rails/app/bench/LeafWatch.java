package ai.rails.app.bench;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

import ai.rails.app.embedded.KafkaLogin;

/// Reads a ledger topic as it grows, and how old each leaf's event is when it is read: a leaf's
/// record has its event's time. One thread owns the consumer.
final class LeafWatch implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(20);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final InstantSource clock;
  private final Thread thread;
  private final List<Duration> latencies = new ArrayList<>(); // guarded by itself
  private final AtomicLong seen = new AtomicLong();
  private volatile boolean closing;

  private LeafWatch(KafkaConsumer<byte[], byte[]> consumer, String topic, InstantSource clock) {
    this.consumer = consumer;
    this.clock = clock;
    this.thread = Thread.ofPlatform().name("bench-" + topic).daemon().unstarted(this::follow);
  }

  static LeafWatch start(KafkaLogin login, String topic, InstantSource clock) {
    var settings = new HashMap<>(login.properties());
    settings.put("isolation.level", "read_committed");
    settings.put("enable.auto.commit", false);
    settings.put("max.poll.records", 5_000);
    var consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    List<TopicPartition> partitions =
        consumer.partitionsFor(topic).stream()
            .map(each -> new TopicPartition(topic, each.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    var watch = new LeafWatch(consumer, topic, clock);
    watch.thread.start();
    return watch;
  }

  /// How many leaves were read since the start.
  long seen() {
    return seen.get();
  }

  /// Forgets the latencies so far.
  void forget() {
    synchronized (latencies) {
      latencies.clear();
    }
  }

  List<Duration> latencies() {
    synchronized (latencies) {
      return List.copyOf(latencies);
    }
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
        synchronized (latencies) {
          records.forEach(
              record -> latencies.add(Duration.ofMillis(Math.max(0, now - record.timestamp()))));
        }
        seen.addAndGet(records.count());
      }
    }
  }
}
