package ai.rails.platform.evidence.report;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

import ai.rails.domain.Actor;
import ai.rails.domain.Event;
import ai.rails.domain.Header;
import ai.rails.domain.ledger.LedgerHead;
import ai.rails.domain.ledger.LedgerRow;
import ai.rails.domain.ledger.LedgerStep;
import ai.rails.domain.ledger.Origin;
import ai.rails.domain.ledger.Strand;
import ai.rails.platform.evidence.EvidenceEntry;
import ai.rails.schema.EventCodec;

/// A log in memory; entry n is recorded 731 n milliseconds after noon.
final class Ledger {
  static final Origin ORIGIN = new Origin("c1.airails.example", "acme", "ops", 1);
  private static final EventCodec CODEC = new EventCodec();
  private static final long NOON = Instant.parse("2026-03-02T12:00:00Z").toEpochMilli();

  final List<EvidenceEntry> entries = new ArrayList<>();
  private LedgerHead head = LedgerHead.genesis(ORIGIN);
  private Optional<Strand> strand = Optional.empty();

  Ledger add(Actor.Kind kind, String actor, Optional<String> run, Event event) {
    long position = head.next();
    long time = NOON + position * 731;
    String id = "01900000-0000-7000-9000-%012d".formatted(position);
    var header =
        new Header(
            id,
            ORIGIN.tenant(),
            ORIGIN.workspace(),
            Optional.of("production"),
            run.isPresent() ? "Run" : "Worker",
            run.orElse("w-1"),
            position - 1,
            new Actor(kind, actor),
            "command-" + position,
            "correlation-1",
            Optional.of("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"),
            Instant.ofEpochMilli(time),
            run,
            Optional.empty());
    byte[] bytes = CODEC.encode(header, event);
    var row =
        new LedgerRow(
            position,
            time,
            bytes,
            id,
            event.entryType(),
            HexFormat.of().formatHex(CODEC.schemaFingerprintSha256(bytes)),
            run,
            Optional.empty());
    LedgerStep.Appended appended =
        LedgerStep.append(
            ORIGIN,
            head,
            new LedgerStep.Strands(run.isPresent() ? strand : Optional.empty(), Optional.empty()),
            row);
    head = appended.head();
    if (run.isPresent()) {
      strand = appended.strands().run();
    }
    entries.add(new EvidenceEntry(appended.bytes(), bytes));
    return this;
  }
}
