package ai.rails.app.bench;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

import ai.rails.app.embedded.KafkaLogin;

/// Reads one topic of a tenant as it grows: each record carries its position and the time at which
/// the store recorded it. One thread owns the consumer.
final class TopicWatch implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(20);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final byte[] workspace;
  private final InstantSource clock;
  private final List<Duration> lags = new ArrayList<>(); // guarded by itself
  private final Thread thread;
  private volatile long position;
  private volatile boolean closing;

  private TopicWatch(
      KafkaConsumer<byte[], byte[]> consumer, String topic, String workspace, InstantSource clock) {
    this.consumer = consumer;
    this.workspace = workspace.getBytes(StandardCharsets.UTF_8);
    this.clock = clock;
    this.thread = Thread.ofPlatform().name("bench-" + topic).daemon().unstarted(this::follow);
  }

  static TopicWatch start(KafkaLogin login, String topic, String workspace, InstantSource clock) {
    Map<String, Object> settings = new HashMap<>(login.properties());
    settings.put("isolation.level", "read_committed");
    settings.put("enable.auto.commit", false);
    KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    List<TopicPartition> partitions =
        consumer.partitionsFor(topic).stream()
            .map(each -> new TopicPartition(topic, each.partition()))
            .toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    TopicWatch watch = new TopicWatch(consumer, topic, workspace, clock);
    watch.thread.start();
    return watch;
  }

  /// The highest position of the workspace that has arrived.
  long position() {
    return position;
  }

  /// Store to reader, for each record since this was last asked.
  List<Duration> takeLags() {
    synchronized (lags) {
      List<Duration> taken = List.copyOf(lags);
      lags.clear();
      return taken;
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
        consumer.poll(POLL).forEach(this::saw);
      }
    }
  }

  private void saw(ConsumerRecord<byte[], byte[]> record) {
    Header header = record.headers().lastHeader("position");
    if (header == null || !java.util.Arrays.equals(record.key(), workspace)) {
      return;
    }
    position =
        Math.max(position, Long.parseLong(new String(header.value(), StandardCharsets.UTF_8)));
    synchronized (lags) {
      lags.add(Duration.ofMillis(Math.max(0, clock.millis() - record.timestamp())));
    }
  }
}
