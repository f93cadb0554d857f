package ai.rails.stream.relay;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

import io.debezium.connector.postgresql.PostgresConnectorTask;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.connect.source.SourceRecord;
import org.jspecify.annotations.Nullable;

/// Moves the slot by what Kafka has stored. Debezium 3.6 moves it by what it reads back from the
/// offsets, and [NoOffsets] has none: the slot would stay where it was made, PostgreSQL would keep
/// all of its log, and each relay would send again what all before it have sent.
///
/// Public, because the engine makes it by its name.
public final class OutboxTask extends PostgresConnectorTask {
  private final AtomicReference<Optional<SourceRecord>> stored =
      new AtomicReference<>(Optional.empty());

  /// Called for each record in its order, once Kafka has stored the batch.
  @Override
  public void commitRecord(SourceRecord record, @Nullable RecordMetadata metadata) {
    stored.set(Optional.of(record));
  }

  /// Called between polls after a batch, at most once a second, and when the task stops.
  @Override
  public void performCommit() {
    stored
        .getAndSet(Optional.empty())
        .ifPresent(last -> coordinator.commitOffset(last.sourcePartition(), last.sourceOffset()));
  }
}
