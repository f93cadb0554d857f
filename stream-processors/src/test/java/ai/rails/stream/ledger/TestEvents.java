package ai.rails.stream.ledger;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;

import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.test.TestRecord;

import ai.rails.domain.Actor;
import ai.rails.domain.Event;
import ai.rails.domain.Header;
import ai.rails.domain.run.RunEvent.RunRetried;
import ai.rails.domain.run.RunEvent.RunTriggered;
import ai.rails.schema.EventCodec;

/// Records of events topics, as the relay publishes them.
final class TestEvents {
  static final EventCodec CODEC = new EventCodec();
  static final long NOON = 1_763_726_400_000L;

  private TestEvents() {}

  static List<TestRecord<byte[], byte[]>> events(
      String tenant, String workspace, int size, long seed) {
    var random = new Random(seed);
    var events = new ArrayList<TestRecord<byte[], byte[]>>();
    for (int position = 1; position <= size; position++) {
      String run = "r" + random.nextInt(3);
      Event event = position <= 3 ? triggered("r" + (position - 1)) : new RunRetried(run, "s", "u");
      events.add(
          record(
              tenant,
              workspace,
              position,
              Optional.of(position <= 3 ? "r" + (position - 1) : run),
              event));
    }
    return events;
  }

  static RunTriggered triggered(String run) {
    return new RunTriggered(
        run,
        "wf-1",
        "1.0.0",
        "sha256:00",
        "dev",
        "t",
        "",
        "u",
        Map.of(),
        List.of(),
        Optional.empty(),
        Optional.empty());
  }

  static TestRecord<byte[], byte[]> record(
      String tenant, String workspace, long position, Optional<String> run, Event event) {
    String id = new UUID(position, 1).toString();
    String trace = "00-" + "ab".repeat(16) + "-" + "cd".repeat(8) + "-01";
    var header =
        new Header(
            id,
            tenant,
            workspace,
            Optional.of("dev"),
            "Run",
            run.orElse("x"),
            position,
            new Actor(Actor.Kind.USER, "u-1"),
            "c-1",
            "k-1",
            Optional.of(trace),
            Instant.ofEpochMilli(NOON),
            run,
            Optional.of("wf-1"));
    var headers = new RecordHeaders();
    headers.add("id", utf8(id));
    headers.add("position", utf8(Long.toString(position)));
    headers.add("recorded_at", utf8(Long.toString(NOON + position)));
    headers.add("type", utf8(event.entryType().name()));
    headers.add("traceparent", utf8(trace));
    return new TestRecord<>(
        utf8(workspace),
        CODEC.encode(header, event),
        headers,
        Instant.ofEpochMilli(NOON + position));
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
