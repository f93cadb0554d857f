package ai.rails.stream.ledger;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;

import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

import ai.rails.domain.EntryType;
import ai.rails.domain.ledger.LedgerRow;
import ai.rails.schema.EventCodec;

/// A record of an events topic. What Kafka says of it are copies; the event's own header decides.
final class EventRecord {
  private static final HexFormat HEX = HexFormat.of();

  private EventRecord() {}

  static String workspace(byte @Nullable [] key) {
    return key == null ? "" : new String(key, StandardCharsets.UTF_8);
  }

  /// @return 0 if it cannot be told
  static long position(Headers headers) {
    try {
      return text(headers, "position").map(Long::parseLong).orElse(0L);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  static Optional<String> text(Headers headers, String name) {
    Header header = headers.lastHeader(name);
    return header == null || header.value() == null
        ? Optional.empty()
        : Optional.of(new String(header.value(), StandardCharsets.UTF_8));
  }

  /// The event, if key, topic and headers say what its own header says.
  ///
  /// @throws ai.rails.schema.Malformed if it is no event of a released schema
  static Optional<LedgerRow> event(EventCodec codec, Record<byte[], byte[]> record, String tenant) {
    byte[] bytes = record.value();
    ai.rails.domain.Header header = codec.header(bytes);
    EntryType type = codec.entryType(bytes);
    Headers headers = record.headers();
    boolean same =
        header.tenant().equals(tenant)
            && header.workspace().equals(workspace(record.key()))
            && says(headers, "id", header.eventId())
            && says(headers, "type", type.name())
            && says(headers, "recorded_at", Long.toString(record.timestamp()))
            && text(headers, "traceparent").equals(header.traceparent());
    return same
        ? Optional.of(
            new LedgerRow(
                position(headers),
                record.timestamp(),
                bytes,
                header.eventId(),
                type,
                HEX.formatHex(codec.schemaFingerprintSha256(bytes)),
                header.run(),
                header.workflow()))
        : Optional.empty();
  }

  private static boolean says(Headers headers, String name, String expected) {
    return text(headers, name).equals(Optional.of(expected));
  }
}
