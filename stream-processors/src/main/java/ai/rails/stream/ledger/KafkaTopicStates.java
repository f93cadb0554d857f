package ai.rails.stream.ledger;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;

import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

import ai.rails.schema.Topics;
import ai.rails.stream.kafka.KafkaAccess;

/// Asks the brokers as the ledger's own principal. Thread-safe.
final class KafkaTopicStates implements TopicStates, AutoCloseable {
  private static final Duration WAIT = Duration.ofSeconds(30);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final int POLLS_WITHOUT_PROGRESS_MAX = 150;

  private final Map<String, Object> client;
  private final Admin admin;

  KafkaTopicStates(Properties config) {
    this.client = new KafkaAccess(config).client("svc-streams");
    this.admin = Admin.create(client);
  }

  @Override
  public Set<String> tenants() {
    var tenants = new HashSet<String>();
    answer(admin.listTopics().names()).stream()
        .filter(topic -> Topics.LEDGERS.matcher(topic).matches())
        .forEach(topic -> Topics.tenant(topic).ifPresent(tenants::add));
    return tenants;
  }

  @Override
  public Map<String, TopicState> of(Collection<String> topics, int partition) {
    var ids = new HashMap<String, String>();
    Map<String, KafkaFuture<TopicDescription>> descriptions =
        admin.describeTopics(topics).topicNameValues();
    var wanted = new HashMap<TopicPartition, OffsetSpec>();
    descriptions.forEach((topic, future) -> {
      try {
        TopicDescription description = answer(future);
        if (description.partitions().size() > partition) {
          ids.put(topic, description.topicId().toString());
          wanted.put(new TopicPartition(topic, partition), OffsetSpec.latest());
        }
      } catch (UnknownTopicOrPartitionException e) {
        ids.remove(topic);
      }
    });
    ListOffsetsResult ends = admin.listOffsets(wanted);
    var states = new HashMap<String, TopicState>();
    wanted
        .keySet()
        .forEach(at -> {
          long end = answer(ends.partitionResult(at)).offset();
          states.put(at.topic(), new TopicState(ids.getOrDefault(at.topic(), ""), end));
        });
    return states;
  }

  @Override
  public void read(String topic, int partition, long offsetsMax, BiConsumer<String, byte[]> each) {
    var settings = new HashMap<>(client);
    settings.put("isolation.level", "read_committed");
    settings.put("enable.auto.commit", false);
    settings.put("max.poll.records", 5_000);
    try (var consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      var at = new TopicPartition(topic, partition);
      consumer.assign(List.of(at));
      long end = consumer.endOffsets(List.of(at)).getOrDefault(at, 0L);
      long beginning = consumer.beginningOffsets(List.of(at)).getOrDefault(at, 0L);
      consumer.seek(at, Math.max(beginning, end - Math.min(end, offsetsMax)));
      for (int idle = 0; consumer.position(at) < end; ) {
        var records = consumer.poll(POLL);
        records.forEach(record -> {
          if (record.key() != null && record.value() != null) {
            each.accept(new String(record.key(), StandardCharsets.UTF_8), record.value());
          }
        });
        idle = records.isEmpty() ? idle + 1 : 0;
        if (idle > POLLS_WITHOUT_PROGRESS_MAX) {
          throw new KafkaException("%s could not be read to its end".formatted(topic));
        }
      }
    }
  }

  @Override
  public void close() {
    admin.close(Duration.ofSeconds(5));
  }

  private static <T> T answer(KafkaFuture<T> future) {
    try {
      return future.get(WAIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof KafkaException cause ? cause : new KafkaException(e.getCause());
    } catch (TimeoutException e) {
      throw new KafkaException("the brokers do not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KafkaException("interrupted while the brokers were asked", e);
    }
  }
}
