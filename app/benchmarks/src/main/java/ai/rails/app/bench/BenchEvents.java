package ai.rails.app.bench;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

import ai.rails.domain.Actor;
import ai.rails.domain.Event;
import ai.rails.domain.Header;
import ai.rails.domain.budget.Money;
import ai.rails.domain.ledger.LedgerRow;
import ai.rails.domain.run.RunEvent.RunCompleted;
import ai.rails.domain.run.RunEvent.RunRetried;
import ai.rails.domain.run.RunEvent.RunTriggered;
import ai.rails.schema.EventCodec;

/// Events as the store has them: runs of twenty entries, encoded as they would be.
final class BenchEvents {
  static final int RUN_ENTRIES = 20;
  private static final long NOON = 1_763_726_400_000L;
  private static final String TRACE = "00-" + "ab".repeat(16) + "-" + "cd".repeat(8) + "-01";

  private final EventCodec codec = new EventCodec();
  private final String tenant;
  private final String workspace;

  BenchEvents(String tenant, String workspace) {
    this.tenant = tenant;
    this.workspace = workspace;
  }

  /// An event with what the relay says of it.
  @SuppressWarnings("ArrayRecordComponent") // bytes on their way; never compared
  record Encoded(Header header, Event event, byte[] bytes) {}

  Encoded at(long position) {
    long number = (position - 1) / RUN_ENTRIES;
    String run = new UUID(0x018f_0000_0000_7000L, 0x8000_0000_0000_0000L | number).toString();
    Event event = event(run, (int) ((position - 1) % RUN_ENTRIES));
    String id = new UUID(0x018f_0000_0001_7000L, 0x8000_0000_0000_0000L | position).toString();
    var header =
        new Header(
            id,
            tenant,
            workspace,
            Optional.of("dev"),
            "Run",
            run,
            position,
            new Actor(Actor.Kind.WORKER, "worker-1"),
            id,
            run,
            Optional.of(TRACE),
            Instant.ofEpochMilli(NOON),
            Optional.of(run),
            Optional.of("incident-triage"));
    return new Encoded(header, event, codec.encode(header, event));
  }

  List<LedgerRow> rows(int count) {
    var rows = new ArrayList<LedgerRow>(count);
    for (int position = 1; position <= count; position++) {
      Encoded encoded = at(position);
      rows.add(
          new LedgerRow(
              position,
              NOON + position,
              encoded.bytes,
              encoded.header.eventId(),
              encoded.event.entryType(),
              HexFormat.of().formatHex(codec.schemaFingerprintSha256(encoded.bytes)),
              encoded.header.run(),
              encoded.header.workflow()));
    }
    return rows;
  }

  private static Event event(String run, int place) {
    return switch (place) {
      case 0 ->
          new RunTriggered(
              run,
              "incident-triage",
              "1.0.0",
              "sha256:" + "0".repeat(64),
              "dev",
              "manual",
              "",
              "u-1",
              java.util.Map.of(),
              List.of(),
              Optional.empty(),
              Optional.empty());
      case RUN_ENTRIES - 1 -> new RunCompleted(run, Money.zero("USD"));
      default -> new RunRetried(run, "step-" + place, "u-1");
    };
  }
}
