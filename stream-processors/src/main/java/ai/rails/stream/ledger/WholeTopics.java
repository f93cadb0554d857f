package ai.rails.stream.ledger;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Consumer;
import java.util.regex.Pattern;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

import ai.rails.stream.kafka.KafkaAccess;

/// Reads every committed record of all topics of a kind, partition by partition in order.
final class WholeTopics {
  private static final Duration POLL = Duration.ofMillis(200);
  private static final int POLLS_WITHOUT_PROGRESS_MAX = 150;

  private final Map<String, Object> settings;

  WholeTopics(Properties config, String principal) {
    this.settings = new HashMap<>(new KafkaAccess(config).client(principal));
    settings.put("isolation.level", "read_committed");
    settings.put("enable.auto.commit", false);
    settings.put("max.poll.records", 5_000);
  }

  /// As far as the topics reached when the call began.
  ///
  /// @throws IllegalStateException if that end cannot be reached
  void read(Pattern topics, Consumer<ConsumerRecord<byte[], byte[]>> each) {
    try (var consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions = partitions(consumer, topics);
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      for (int idle = 0; !reached(consumer, ends); ) {
        var records = consumer.poll(POLL);
        records.forEach(each);
        idle = records.isEmpty() ? idle + 1 : 0;
        if (idle > POLLS_WITHOUT_PROGRESS_MAX) {
          throw new IllegalStateException("%s could not be read to their ends".formatted(topics));
        }
      }
    }
  }

  private static List<TopicPartition> partitions(
      KafkaConsumer<byte[], byte[]> consumer, Pattern topics) {
    var partitions = new ArrayList<TopicPartition>();
    consumer.listTopics().values().stream()
        .flatMap(List::stream)
        .filter(info -> topics.matcher(info.topic()).matches())
        .forEach(info -> partitions.add(new TopicPartition(info.topic(), info.partition())));
    return partitions;
  }

  private static boolean reached(
      KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends) {
    return ends.entrySet().stream()
        .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
  }
}
