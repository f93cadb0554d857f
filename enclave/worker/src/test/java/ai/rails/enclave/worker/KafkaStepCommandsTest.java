package ai.rails.enclave.worker;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.apache.kafka.clients.consumer.CommitFailedException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import ai.rails.domain.run.RunEvent.Purpose;
import ai.rails.enclave.worker.StepCommands.Received;
import ai.rails.schema.StepCommand;
import ai.rails.schema.StepCommandCodec;

import static org.assertj.core.api.Assertions.assertThat;

/// Records, offsets and rebalances, on Kafka's own consumer without a broker.
class KafkaStepCommandsTest {
  private static final String TOPIC = "t.tenant-1.step-commands.v1";
  private static final TopicPartition PARTITION = new TopicPartition(TOPIC, 0);
  private static final Duration AT_ONCE = Duration.ZERO;

  private boolean groupHasGoneOn;
  private final MockConsumer<byte[], byte[]> consumer =
      new MockConsumer<>("earliest") {
        @Override
        public synchronized void commitSync(
            Map<TopicPartition, OffsetAndMetadata> offsets, Duration limit) {
          if (groupHasGoneOn) {
            throw new CommitFailedException();
          }
          super.commitSync(offsets, limit);
        }
      };
  private final KafkaStepCommands commands = new KafkaStepCommands(consumer, TOPIC);

  @BeforeEach
  void assign() {
    consumer.rebalance(List.of(PARTITION));
    consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
  }

  @Test
  void offsetsAreCommittedInOrderOfTheRecordsWhateverTheOrderOfAnswers() {
    add(0, command("a"));
    add(1, command("b"));
    List<Received> received = commands.poll(AT_ONCE);

    commands.answered(received.get(1));
    commands.poll(AT_ONCE);
    long first = committed();
    commands.answered(received.get(0));
    commands.poll(AT_ONCE);

    assertThat(first).isZero();
    assertThat(committed()).isEqualTo(2);
  }

  @Test
  void aRecordThatIsNoStepCommandIsPassedOver() {
    add(0, "junk".getBytes(StandardCharsets.UTF_8));
    add(1, command("b"));

    List<Received> received = commands.poll(AT_ONCE);
    commands.answered(received.getFirst());
    commands.poll(AT_ONCE);

    assertThat(received).extracting(each -> each.command().commandId()).containsExactly("b");
    assertThat(committed()).isEqualTo(2);
  }

  @Test
  void whatAnotherConsumerHasNowIsNoLongerOwned() {
    add(0, command("a"));
    Received received = commands.poll(AT_ONCE).getFirst();

    consumer.rebalance(List.of());

    assertThat(commands.owns(received)).isFalse();
  }

  /// A worker that was stopped for longer than its session works on when it wakes up.
  @Test
  void aGroupThatHasGoneOnWithoutItEndsNothing() {
    add(0, command("a"));
    commands.answered(commands.poll(AT_ONCE).getFirst());
    groupHasGoneOn = true;

    commands.poll(AT_ONCE);
    groupHasGoneOn = false;
    add(1, command("b"));

    assertThat(commands.poll(AT_ONCE)).hasSize(1);
    assertThat(committed()).isEqualTo(1);
  }

  @Test
  void aPausedStreamGivesNothing() {
    commands.poll(AT_ONCE);
    commands.pause(true);
    commands.poll(AT_ONCE);

    assertThat(consumer.paused()).containsExactly(PARTITION);
    commands.pause(false);
    commands.poll(AT_ONCE);
    assertThat(consumer.paused()).isEmpty();
  }

  private long committed() {
    OffsetAndMetadata offset = consumer.committed(Set.of(PARTITION)).get(PARTITION);
    return offset == null ? 0 : offset.offset();
  }

  private void add(long offset, byte[] value) {
    consumer.addRecord(new ConsumerRecord<>(TOPIC, 0, offset, new byte[0], value));
  }

  private static byte[] command(String id) {
    return new StepCommandCodec()
        .encode(
            new StepCommand(
                id,
                Triage.TENANT,
                "workspace-1",
                Triage.ENVIRONMENT,
                RunDesk.RUN,
                "fetch",
                1,
                Purpose.PERFORM,
                Triage.DIGEST));
  }
}
