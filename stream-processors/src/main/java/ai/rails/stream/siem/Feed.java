package ai.rails.stream.siem;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Record;

/// Writes records: JSON text as value, the workspace as key, the event's time as timestamp, and the
/// attributes of CloudEvents 1.0 (Kafka binding, binary mode) as headers, with those that Splunk
/// takes for its own. Thread-safe.
final class Feed {
  /// Largest value, in bytes; far above what the mapping can make of an event's bounded members.
  static final int BYTES_MAX = 65_536;

  static final String SOURCE_TYPE = "airails:ocsf";

  /// The attribute that says whose record it is, and so which topic takes it.
  static final String TENANT = "ce_tenant";

  private static final ObjectWriter JSON = JsonMapper.builder().build().writer();

  private final String host;

  /// @param cellDomain for example `c1.airails.internal`
  Feed(String cellDomain) {
    this.host = "ledger." + cellDomain;
  }

  static void product(ObjectNode metadata, FeedVersion version) {
    metadata.put("version", version.ocsf());
    metadata
        .putObject("product")
        .put("name", "AI Rails")
        .put("uid", OcsfDraft.PLATFORM)
        .put("vendor_name", "AI Rails")
        .put("version", version.product());
    metadata.put("log_version", version.mapping());
  }

  Record<byte[], byte[]> write(OcsfRecord record) {
    byte[] value = bytes(record.event());
    if (value.length > BYTES_MAX) {
      throw new IllegalStateException(
          "an OCSF record of %s has %d bytes, at most %d are meant to be possible; bound the mapping"
              .formatted(record.type(), value.length, BYTES_MAX));
    }
    return new Record<>(utf8(record.workspace()), value, record.time(), headers(record));
  }

  private Headers headers(OcsfRecord record) {
    var headers = new RecordHeaders();
    headers.add("ce_specversion", utf8("1.0"));
    headers.add("ce_id", utf8(record.uid()));
    headers.add("ce_source", utf8(record.source()));
    headers.add("ce_type", utf8("dev.airails.ledger." + record.type()));
    headers.add("ce_time", utf8(Instant.ofEpochMilli(record.time()).toString()));
    record.run().ifPresent(run -> headers.add("ce_subject", utf8(Shown.id(run))));
    headers.add(TENANT, utf8(record.tenant()));
    headers.add("ce_partitionkey", utf8(record.workspace()));
    headers.add("content-type", utf8("application/json"));
    headers.add("source", utf8(record.source()));
    headers.add("sourcetype", utf8(SOURCE_TYPE));
    headers.add("host", utf8(host));
    return headers;
  }

  private static byte[] bytes(ObjectNode event) {
    try {
      return JSON.writeValueAsBytes(event);
    } catch (IOException e) {
      throw new UncheckedIOException("an OCSF record can not be written", e);
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
