package ai.rails.app.siem;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

import ai.rails.app.embedded.Unavailable;
import ai.rails.app.http.Api;

/// Reads a feed from any position without a consumer group, so that it leaves nothing behind. What
/// a transaction took back is never shown. Used by one thread.
final class Tail implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(500);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final String topic;
  private final PrintWriter out;
  private final boolean json;

  /// @param json whole records instead of a line for people
  Tail(Map<String, Object> client, String topic, PrintWriter out, boolean json) {
    Map<String, Object> settings = new HashMap<>(client);
    settings.put("isolation.level", "read_committed");
    settings.put("enable.auto.commit", false);
    settings.put("default.api.timeout.ms", 15_000);
    this.consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    this.topic = topic;
    this.out = out;
    this.json = json;
  }

  /// Where to begin.
  ///
  /// @param since events from then on; empty for everything there is
  /// @param position first ledger sequence; 0 shows what has none, too, and -1 only what is to come
  record Start(Optional<Instant> since, long position) {
    static final Start BEGINNING = new Start(Optional.empty(), 0);
    static final Start END = new Start(Optional.empty(), -1);
  }

  /// Prints until the process is ended, or until the end of what was there at the beginning.
  void print(Start start, boolean untilEnd) {
    try {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .toList();
      consumer.assign(partitions);
      seek(start, partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (!untilEnd || !reached(ends)) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          line(record, start).ifPresent(out::println);
        }
        out.flush();
        if (out.checkError()) {
          return;
        }
      }
    } catch (KafkaException e) {
      throw new Unavailable("the feed %s can not be read: %s".formatted(topic, e.getMessage()), e);
    }
  }

  @Override
  public void close() {
    consumer.close();
  }

  private void seek(Start start, List<TopicPartition> partitions) {
    if (start.position() < 0) {
      consumer.seekToEnd(partitions);
      return;
    }
    consumer.seekToBeginning(partitions);
    start
        .since()
        .ifPresent(since -> {
          var times = new HashMap<TopicPartition, Long>();
          partitions.forEach(partition -> times.put(partition, since.toEpochMilli()));
          consumer.offsetsForTimes(times).forEach((partition, found) -> seek(partition, found));
        });
  }

  private void seek(TopicPartition partition, @Nullable OffsetAndTimestamp found) {
    if (found == null) {
      consumer.seekToEnd(List.of(partition));
    } else {
      consumer.seek(partition, found.offset());
    }
  }

  private boolean reached(Map<TopicPartition, Long> ends) {
    return ends.entrySet().stream()
        .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
  }

  private Optional<String> line(ConsumerRecord<byte[], byte[]> record, Start start) {
    String text = new String(record.value(), StandardCharsets.UTF_8);
    JsonNode event;
    try {
      event = Api.JSON.readTree(record.value());
    } catch (IOException e) {
      return Optional.of(text); // a checkpoint is a signed note
    }
    long sequence = event.at("/metadata/sequence").asLong(0);
    if (start.position() > 0 && sequence < start.position()) {
      return Optional.empty();
    }
    return Optional.of(json ? text : readable(event, sequence));
  }

  private static String readable(JsonNode event, long sequence) {
    return "%s  %-12s %6s  %-28s %-13s %s"
        .formatted(
            Instant.ofEpochMilli(event.path("time").asLong()),
            event.at("/unmapped/airails/workspace").asText("-"),
            sequence == 0 ? "-" : Long.toString(sequence),
            event.at("/metadata/event_code").asText(),
            event.path("severity").asText(),
            event.path("type_name").asText());
  }
}
