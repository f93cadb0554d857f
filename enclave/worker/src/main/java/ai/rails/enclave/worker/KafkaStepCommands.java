package ai.rails.enclave.worker;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ApiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.schema.Malformed;
import ai.rails.schema.StepCommandCodec;

/// Step commands from the tenant's Kafka topic. The consumer and the ledger of its offsets belong
/// to the one thread that polls.
final class KafkaStepCommands implements StepCommands {
  private static final Duration LONGEST = Duration.ofSeconds(5);
  private static final Logger LOG = LoggerFactory.getLogger(KafkaStepCommands.class);

  private final Consumer<byte[], byte[]> consumer;
  private final String topic;
  private final StepCommandCodec codec = new StepCommandCodec();
  private final OffsetLedger ledger = new OffsetLedger();
  private boolean paused;

  /// Takes over the consumer and subscribes to the topic.
  KafkaStepCommands(Consumer<byte[], byte[]> consumer, String topic) {
    this.consumer = consumer;
    this.topic = topic;
    consumer.subscribe(List.of(topic), new Moves());
  }

  @Override
  public List<Received> poll(Duration wait) {
    commit();
    if (paused) {
      consumer.pause(consumer.assignment());
    } else {
      consumer.resume(consumer.paused());
    }
    var received = new ArrayList<Received>();
    for (ConsumerRecord<byte[], byte[]> record : consumer.poll(wait)) {
      ledger.open(record.partition(), record.offset());
      read(record, received);
    }
    return received;
  }

  private void read(ConsumerRecord<byte[], byte[]> record, List<Received> into) {
    try {
      into.add(new Received(record.partition(), record.offset(), codec.decode(record.value())));
    } catch (Malformed e) {
      LOG.error(
          "record is no step command and is passed over topic={} partition={} offset={} reason={}",
          topic,
          record.partition(),
          record.offset(),
          e.getMessage());
      ledger.close(record.partition(), record.offset());
    }
  }

  @Override
  public void pause(boolean pause) {
    paused = pause;
  }

  @Override
  public boolean owns(Received received) {
    return ledger.owns(received.partition(), received.offset());
  }

  @Override
  public void answered(Received received) {
    ledger.close(received.partition(), received.offset());
  }

  /// Leaves the group: others have this worker's partitions at once.
  @Override
  public void close() {
    commit();
    consumer.close(
        CloseOptions.timeout(LONGEST)
            .withGroupMembershipOperation(GroupMembershipOperation.LEAVE_GROUP));
  }

  /// A commit that fails is made again with the next; until then records may be delivered twice. A
  /// worker that was paused for long finds its group gone on without it: the next poll joins again.
  private void commit() {
    Map<Integer, Long> upTo = ledger.committable();
    if (upTo.isEmpty()) {
      return;
    }
    var offsets = new HashMap<TopicPartition, OffsetAndMetadata>();
    upTo.forEach((partition, offset) ->
        offsets.put(new TopicPartition(topic, partition), new OffsetAndMetadata(offset)));
    try {
      consumer.commitSync(offsets, LONGEST);
      ledger.committed(upTo);
    } catch (ApiException | CommitFailedException e) {
      LOG.warn("offsets not committed reason={}", e.toString());
    }
  }

  /// Keeps the ledger in step with what this consumer owns; called inside `poll`.
  private final class Moves implements ConsumerRebalanceListener {
    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      LOG.info("partitions assigned count={}", partitions.size());
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      commit();
      onPartitionsLost(partitions);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
      partitions.forEach(partition -> ledger.forget(partition.partition()));
    }
  }
}
