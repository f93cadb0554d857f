package ai.rails.stream.signer;

import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

import ai.rails.domain.checkpoint.Checkpoint;
import ai.rails.domain.checkpoint.Note;
import ai.rails.schema.Topics;

/// The checkpoints topics on the brokers. Thread-safe.
final class KafkaCheckpoints implements CheckpointTopics, AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final int EMPTY_POLLS_MAX = 150;

  private final Map<String, Object> client;
  private final String alarms;
  private final SigningKeys keys;
  private final KafkaProducer<byte[], byte[]> producer;

  // Of each partition that was looked at, the largest checkpoint of each log. Guarded by this.
  private final Map<TopicPartition, Map<String, Checkpoint>> seen = new HashMap<>();

  /// @param client connection settings of the signer's principal
  KafkaCheckpoints(Map<String, Object> client, String cell, SigningKeys keys) {
    this.client = Map.copyOf(client);
    this.alarms = Topics.alarms(cell);
    this.keys = keys;
    var settings = new HashMap<>(client);
    settings.put("acks", "all");
    settings.put("enable.idempotence", true);
    settings.put("linger.ms", 0);
    settings.put("delivery.timeout.ms", 30_000);
    settings.put("max.block.ms", 30_000);
    this.producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
  }

  @Override
  public Map<TopicPartition, Long> publish(List<Outgoing> notes) {
    var sent = new LinkedHashMap<Outgoing, Future<RecordMetadata>>();
    for (Outgoing each : notes) {
      TopicPartition to = each.log().checkpoints();
      sent.put(
          each,
          producer.send(
              new ProducerRecord<>(
                  to.topic(), to.partition(), each.log().workspace(), each.note().bytes())));
    }
    producer.flush();
    var next = new HashMap<TopicPartition, Long>();
    sent.forEach((each, future) ->
        next.merge(each.log().checkpoints(), done(future).offset() + 1, Math::max));
    return next;
  }

  /// Reads a partition once; what comes later this signer has written itself, or witnesses know.
  @Override
  public synchronized Optional<Checkpoint> largest(LogName log, Optional<Long> from) {
    Map<String, Checkpoint> found =
        seen.computeIfAbsent(log.checkpoints(), partition -> read(partition, from));
    return Optional.ofNullable(found.get(log.name()));
  }

  @Override
  public void alarm(Alarm alarm) {
    done(producer.send(new ProducerRecord<>(alarms, alarm.key(), alarm.json())));
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(5));
  }

  private Map<String, Checkpoint> read(TopicPartition partition, Optional<Long> from) {
    var largest = new HashMap<String, Checkpoint>();
    var settings = new HashMap<>(client);
    settings.put("isolation.level", "read_committed");
    settings.put("enable.auto.commit", false);
    settings.put("auto.offset.reset", "earliest");
    try (var consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> one = List.of(partition);
      consumer.assign(one);
      long end = consumer.endOffsets(one).getOrDefault(partition, 0L);
      long begin = consumer.beginningOffsets(one).getOrDefault(partition, 0L);
      consumer.seek(partition, Math.clamp(from.orElse(begin), begin, Math.max(begin, end)));
      int empty = 0;
      while (consumer.position(partition) < end) {
        var records = consumer.poll(POLL);
        records.forEach(record -> keep(record, partition, largest));
        empty = records.isEmpty() ? empty + 1 : 0;
        if (empty > EMPTY_POLLS_MAX) {
          throw new KafkaException("%s can not be read to its end".formatted(partition));
        }
      }
    }
    return largest;
  }

  /// A note that none of the log's keys has signed proves nothing and is passed over.
  private void keep(
      ConsumerRecord<byte[], byte[]> record,
      TopicPartition partition,
      Map<String, Checkpoint> largest) {
    try {
      Note note = Note.parse(record.value() == null ? new byte[0] : record.value());
      String origin = Checkpoint.parse(note.text()).origin();
      keys.own(origin, note)
          .filter(tree ->
              Topics.tenant(partition.topic())
                  .map(tenant -> origin.contains("/t/" + tenant + "/"))
                  .orElse(false))
          .ifPresent(tree -> largest.merge(origin, tree, (a, b) -> a.size() >= b.size() ? a : b));
    } catch (IllegalArgumentException _) {
      // no note at all
    }
  }

  private static RecordMetadata done(Future<RecordMetadata> sent) {
    try {
      return sent.get();
    } catch (ExecutionException e) {
      throw new KafkaException("a checkpoint could not be published", e.getCause());
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }
}
