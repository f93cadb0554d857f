package ai.rails.stream.ledger;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;

import ai.rails.domain.Header;
import ai.rails.domain.ledger.LedgerHead;
import ai.rails.domain.ledger.LedgerRow;
import ai.rails.domain.ledger.LedgerStep;
import ai.rails.domain.ledger.LedgerStep.Appended;
import ai.rails.domain.ledger.LedgerStep.Strands;
import ai.rails.domain.ledger.Origin;
import ai.rails.domain.ledger.Strand;
import ai.rails.schema.EventCodec;

/// One log computed again from the store's rows in the order of their positions. One thread.
final class StoreLog {
  /// The columns that [#append(ResultSet, Predicate)] reads.
  static final String QUERY =
      """
      SELECT tenant, workspace, position, (extract(epoch FROM recorded_at) * 1000)::bigint AS recorded,
             event_id::text AS id, stream_type, stream_id, seq, event_type, traceparent, payload
        FROM event ORDER BY tenant COLLATE "C", workspace COLLATE "C", position\
      """;

  private static final HexFormat HEX = HexFormat.of();

  private final Origin origin;
  private final EventCodec codec;
  private final Map<String, Strand> runs = new HashMap<>();
  private final Map<String, Strand> workflows = new HashMap<>();
  private final Set<String> over = new HashSet<>();
  private LedgerHead head;
  private boolean allNumbered;

  /// @param genesis of the log
  StoreLog(Origin origin, LedgerHead genesis, EventCodec codec) {
    this.origin = origin;
    this.codec = codec;
    this.head = genesis;
    this.allNumbered = origin.epoch() > 1;
  }

  Origin origin() {
    return origin;
  }

  /// The hash of the row's leaf.
  ///
  /// Earlier releases gave no number to what came after a run's end; a log may have such leaves
  /// before the first late one that has a number, and none after it.
  ///
  /// @param written whether a hash is the one that the ledger has for this row
  /// @throws IllegalArgumentException saying what is wrong with the row
  String append(ResultSet row, Predicate<String> written) throws SQLException {
    byte[] bytes = row.getBytes("payload");
    Header header = codec.header(bytes);
    requireCopies(row, header, codec.entryType(bytes).name());
    var event =
        new LedgerRow(
            row.getLong("position"),
            row.getLong("recorded"),
            bytes,
            header.eventId(),
            codec.entryType(bytes),
            HEX.formatHex(codec.schemaFingerprintSha256(bytes)),
            header.run(),
            header.workflow());
    Strands strands = strands(event);
    Appended appended = LedgerStep.append(origin, head, strands, event);
    boolean late = event.run().filter(over::contains).isPresent();
    boolean unnumbered = false;
    if (late && !allNumbered && !written.test(appended.head().hash())) {
      Strands without = new Strands(Optional.empty(), strands.workflow());
      Appended old = LedgerStep.append(origin, head, without, event);
      unnumbered = written.test(old.head().hash());
      appended = unnumbered ? old : appended;
    }
    allNumbered |= late && !unnumbered;
    remember(event, appended, unnumbered);
    return head.hash();
  }

  private void remember(LedgerRow event, Appended appended, boolean unnumbered) {
    head = appended.head();
    if (!unnumbered) {
      event.run().ifPresent(run -> put(runs, run, appended.strands().run()));
    }
    event.workflow().ifPresent(id -> put(workflows, id, appended.strands().workflow()));
    if (event.type().endsRun()) {
      event.run().ifPresent(over::add);
    }
  }

  private Strands strands(LedgerRow event) {
    return new Strands(
        event.run().flatMap(run -> Optional.ofNullable(runs.get(run))),
        event.workflow().flatMap(id -> Optional.ofNullable(workflows.get(id))));
  }

  private static void put(Map<String, Strand> strands, String id, Optional<Strand> strand) {
    strand.ifPresentOrElse(s -> strands.put(id, s), () -> strands.remove(id));
  }

  /// The columns are copies of the event's header.
  private static void requireCopies(ResultSet row, Header header, String type) throws SQLException {
    requireCopy("event_id", row.getString("id"), header.eventId());
    requireCopy("tenant", row.getString("tenant"), header.tenant());
    requireCopy("workspace", row.getString("workspace"), header.workspace());
    requireCopy("stream_type", row.getString("stream_type"), header.streamType());
    requireCopy("stream_id", row.getString("stream_id"), header.streamId());
    requireCopy("seq", row.getString("seq"), Long.toString(header.seq()));
    requireCopy("event_type", row.getString("event_type"), type);
    requireCopy("traceparent", row.getString("traceparent"), header.traceparent().orElse(null));
  }

  private static void requireCopy(
      String column, @Nullable String found, @Nullable String expected) {
    if (!Objects.equals(found, expected)) {
      throw new IllegalArgumentException(
          "column %s differs from the header of the event beside it".formatted(column));
    }
  }
}
