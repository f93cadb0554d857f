package ai.rails.stream.relay;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

import io.debezium.engine.DebeziumEngine.RecordCommitter;
import io.debezium.engine.RecordChangeEvent;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.connect.source.SourceRecord;
import org.apache.kafka.connect.storage.Converter;
import org.apache.kafka.connect.storage.HeaderConverter;
import org.jspecify.annotations.Nullable;

import ai.rails.stream.kafka.KafkaAccess;

/// Does with the engine's records what a Connect worker does, and nothing else: convert by the
/// connector's own configuration, send, wait until all are stored, commit. Any failure ends the
/// engine; what was not committed is sent again, so records may be doubled and are never lost.
///
/// Called by the engine's one thread.
final class ConvertingSink implements AutoCloseable {
  private static final Duration CLOSE = Duration.ofSeconds(5);

  private final Converter key;
  private final Converter value;
  private final HeaderConverter header;
  private final KafkaProducer<byte[], byte[]> producer;
  private final RelayCounters counters;
  private final InstantSource clock;
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

  ConvertingSink(
      Map<String, String> connector,
      KafkaAccess kafka,
      RelayCounters counters,
      InstantSource clock) {
    this.key = plugin(Converter.class, connector, "key.converter");
    this.value = plugin(Converter.class, connector, "value.converter");
    this.header = plugin(HeaderConverter.class, connector, "header.converter");
    this.counters = counters;
    this.clock = clock;
    key.configure(under(connector, "key.converter."), true);
    value.configure(under(connector, "value.converter."), false);
    header.configure(Map.of("converter.type", "header"));
    this.producer =
        new KafkaProducer<>(settings(kafka), new ByteArraySerializer(), new ByteArraySerializer());
  }

  void accept(
      List<RecordChangeEvent<SourceRecord>> batch,
      RecordCommitter<RecordChangeEvent<SourceRecord>> committer)
      throws InterruptedException {
    for (RecordChangeEvent<SourceRecord> event : batch) {
      var _ = producer.send(convert(event.record()), (stored, e) -> note(e));
    }
    producer.flush();
    Exception failed = failure.get();
    if (failed != null) {
      throw new IllegalStateException(
          "Kafka did not take a record; the relay stops and sends it again when restarted", failed);
    }
    for (RecordChangeEvent<SourceRecord> event : batch) {
      committer.markProcessed(event);
    }
    committer.markBatchFinished();
    count(batch);
  }

  /// What is not stored by then is sent again by the next relay.
  @Override
  public void close() {
    producer.close(CLOSE);
  }

  private void note(@Nullable Exception e) {
    if (e != null) {
      failure.compareAndSet(null, e);
    }
  }

  private void count(List<RecordChangeEvent<SourceRecord>> batch) {
    Instant now = clock.instant();
    for (RecordChangeEvent<SourceRecord> event : batch) {
      Long recordedAt = event.record().timestamp();
      if (recordedAt != null) {
        counters.sent(now.toEpochMilli() - recordedAt);
      }
    }
  }

  private ProducerRecord<byte[], byte[]> convert(SourceRecord from) {
    String topic = from.topic();
    var headers = new RecordHeaders();
    from.headers()
        .forEach(h ->
            headers.add(h.key(), header.fromConnectHeader(topic, h.key(), h.schema(), h.value())));
    return new ProducerRecord<>(
        topic,
        null,
        from.timestamp(),
        key.fromConnectData(topic, headers, from.keySchema(), from.key()),
        value.fromConnectData(topic, headers, from.valueSchema(), from.value()),
        headers);
  }

  private static Map<String, Object> settings(KafkaAccess kafka) {
    var settings = new HashMap<>(kafka.client("svc-cdc"));
    settings.put("client.id", "rails-relay");
    settings.put("acks", "all");
    settings.put("enable.idempotence", true);
    // More than one to a topic that was just made end in OUT_OF_ORDER_SEQUENCE_NUMBER.
    settings.put("max.in.flight.requests.per.connection", 1);
    settings.put("linger.ms", 0);
    settings.put("max.block.ms", 60_000);
    return settings;
  }

  private static Map<String, String> under(Map<String, String> config, String prefix) {
    var inner = new HashMap<String, String>();
    config.forEach((name, setting) -> {
      if (name.startsWith(prefix)) {
        inner.put(name.substring(prefix.length()), setting);
      }
    });
    return inner;
  }

  private static <T> T plugin(Class<T> type, Map<String, String> config, String name) {
    try {
      return type.cast(Class.forName(config.get(name)).getDeclaredConstructor().newInstance());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(name + " of outbox.properties cannot be made", e);
    }
  }
}
