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
    String run = run((position - 1) / RUN_ENTRIES);
    return encoded(position, run, event(run, (int) ((position - 1) % RUN_ENTRIES), RUN_ENTRIES));
  }

  /// An entry of a run that is as long as one likes.
  ///
  /// @param place in the run, from 0
  LedgerRow row(long position, String run, int place, int runEntries) {
    return row(position, encoded(position, run, event(run, place, runEntries)));
  }

  LedgerRow row(long position) {
    return row(position, at(position));
  }

  static String run(long number) {
    return new UUID(0x018f_0000_0000_7000L, 0x8000_0000_0000_0000L | number).toString();
  }

  private Encoded encoded(long position, String run, Event event) {
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
            new Actor(Actor.Kind.USER, "u-1"),
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
      rows.add(row(position));
    }
    return rows;
  }

  private LedgerRow row(long position, Encoded encoded) {
    return new LedgerRow(
        position,
        NOON + position,
        encoded.bytes,
        encoded.header.eventId(),
        encoded.event.entryType(),
        HexFormat.of().formatHex(codec.schemaFingerprintSha256(encoded.bytes)),
        encoded.header.run(),
        encoded.header.workflow());
  }

  private static Event event(String run, int place, int runEntries) {
    if (place == runEntries - 1) {
      return new RunCompleted(run, Money.zero("USD"));
    }
    return place > 0
        ? new RunRetried(run, "step-" + place, "u-1")
        : new RunTriggered(
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
  }
}
