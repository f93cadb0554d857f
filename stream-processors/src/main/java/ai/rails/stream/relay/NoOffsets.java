package ai.rails.stream.relay;

import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;

import org.apache.kafka.connect.runtime.WorkerConfig;
import org.apache.kafka.connect.storage.OffsetBackingStore;
import org.apache.kafka.connect.util.Callback;
import org.jspecify.annotations.Nullable;

/// Remembers no offset: how far the relay has come is said by the replication slot alone, which
/// PostgreSQL moves after Kafka has stored the rows. A second memory can only contradict it. With
/// one, Debezium 3.6 looks for the row after the last one that it knows; when PostgreSQL's log ends
/// where the next row will begin, or the slot has moved past the row in the meantime, it passes
/// over rows that nobody has seen. Public, because the engine makes it by its name.
public final class NoOffsets implements OffsetBackingStore {
  @Override
  public void start() {}

  @Override
  public void stop() {}

  @Override
  public Future<Map<ByteBuffer, ByteBuffer>> get(Collection<ByteBuffer> keys) {
    return CompletableFuture.completedFuture(Map.of());
  }

  @Override
  public Future<Void> set(Map<ByteBuffer, ByteBuffer> values, @Nullable Callback<Void> callback) {
    if (callback != null) {
      callback.onCompletion(null, null);
    }
    return CompletableFuture.allOf();
  }

  @Override
  public Set<Map<String, Object>> connectorPartitions(String connector) {
    return Set.of();
  }

  @Override
  public void configure(WorkerConfig config) {}
}
