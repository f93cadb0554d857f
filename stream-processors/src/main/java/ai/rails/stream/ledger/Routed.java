package ai.rails.stream.ledger;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;

import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.processor.StreamPartitioner;
import org.apache.kafka.streams.processor.TopicNameExtractor;

/// A record's key together with where the record goes. A head that is due by the clock follows no
/// input record, so nothing else could tell its topic.
///
/// @param key as it is written
/// @param placedBy what decides the partition, as Kafka's default partitioner would decide it by a
///   key: with tiles it is the workspace, so that all records of one log lie in one partition
@SuppressWarnings("ArrayRecordComponent") // bytes on their way out; never compared
record Routed(String topic, byte[] key, byte[] placedBy) {
  static final TopicNameExtractor<Routed, byte[]> TOPIC = (routed, value, context) -> routed.topic;

  static final StreamPartitioner<Routed, byte[]> PARTITIONER =
      (topic, routed, value, partitions) ->
          Optional.of(Set.of(BuiltInPartitioner.partitionForKey(routed.placedBy, partitions)));

  static final Serializer<Routed> KEY = (topic, routed) -> routed.key;

  Routed(String topic, byte[] key) {
    this(topic, key, key);
  }

  static Routed of(String topic, String key) {
    return new Routed(topic, utf8(key));
  }

  static Routed of(String topic, String key, String placedBy) {
    return new Routed(topic, utf8(key), utf8(placedBy));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
