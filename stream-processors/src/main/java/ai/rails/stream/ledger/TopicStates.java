package ai.rails.stream.ledger;

import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/// What the brokers say of topics, for a ledger that does not take its own memory for granted.
interface TopicStates {
  /// @param id the topic's own, another one once it was deleted and made again
  /// @param end offset after the last record of the partition that was asked for
  record TopicState(String id, long end) {}

  /// The tenants that have a ledger topic.
  ///
  /// @throws org.apache.kafka.common.KafkaException if the brokers do not answer
  Set<String> tenants();

  /// The topics that there are, of those asked for, by name.
  ///
  /// @throws org.apache.kafka.common.KafkaException if the brokers do not answer
  Map<String, TopicState> of(Collection<String> topics, int partition);

  /// Reads the committed records of a partition's last offsets, oldest first; records without a key
  /// or a value are left out.
  ///
  /// @param offsetsMax how many offsets before the end
  /// @throws org.apache.kafka.common.KafkaException if the brokers do not answer
  void read(String topic, int partition, long offsetsMax, BiConsumer<String, byte[]> each);
}
