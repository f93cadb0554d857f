package ai.rails.command.privacy;

import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import ai.rails.command.TestStore;
import ai.rails.domain.Header;
import ai.rails.domain.ledger.Leaf;
import ai.rails.domain.ledger.LedgerHead;
import ai.rails.domain.ledger.LedgerRow;
import ai.rails.domain.ledger.LedgerStep;
import ai.rails.domain.ledger.LedgerStep.Appended;
import ai.rails.domain.ledger.LedgerStep.Strands;
import ai.rails.domain.ledger.Origin;
import ai.rails.domain.ledger.RunCheck;
import ai.rails.domain.ledger.Strand;
import ai.rails.platform.postgres.Sql;
import ai.rails.schema.EventCodec;

/// A workspace's ledger as it follows from the store's rows alone.
final class Recomputed {
  private static final EventCodec CODEC = new EventCodec();
  private static final Origin ORIGIN = new Origin("c1.test", "t1", "w1", 1);
  private static final HexFormat HEX = HexFormat.of();
  private static final String ROWS =
      """
      SELECT position, (extract(epoch FROM recorded_at) * 1000)::bigint, payload FROM event
       WHERE tenant = ? AND workspace = ? ORDER BY position\
      """;

  private final Origin origin;
  private final Map<String, Optional<Strand>> runs = new HashMap<>();
  private final Map<String, Optional<Strand>> workflows = new HashMap<>();
  private LedgerHead head;

  private Recomputed(Origin origin) {
    this.origin = origin;
    this.head = LedgerHead.genesis(origin);
  }

  /// The bytes of an event, and its leaf.
  record Line(String event, String leaf) {}

  /// The ledger of workspace `w1` of tenant `t1`.
  static List<Line> of(TestStore store) {
    var log = new Recomputed(ORIGIN);
    return store.everything(c ->
        Sql.all(
            c,
            ROWS,
            row -> log.append(row.getLong(1), row.getLong(2), row.getBytes(3)),
            ORIGIN.tenant(),
            ORIGIN.workspace()));
  }

  /// Whether a run's leaves are all there, the late ones too.
  static RunCheck checked(List<Line> lines, String run) {
    var check = RunCheck.of(ORIGIN, run);
    for (Line line : lines) {
      byte[] bytes = HEX.parseHex(line.leaf());
      Leaf leaf = Leaf.parse(bytes);
      if (leaf.run().filter(part -> part.run().equals(run)).isPresent()) {
        check.accept(leaf, bytes);
      }
    }
    return check;
  }

  private Line append(long position, long recordedAt, byte[] bytes) {
    Header header = CODEC.header(bytes);
    var row =
        new LedgerRow(
            position,
            recordedAt,
            bytes,
            header.eventId(),
            CODEC.entryType(bytes),
            HEX.formatHex(CODEC.schemaFingerprintSha256(bytes)),
            header.run(),
            header.workflow());
    var strands =
        new Strands(
            header.run().flatMap(id -> runs.getOrDefault(id, Optional.empty())),
            header.workflow().flatMap(id -> workflows.getOrDefault(id, Optional.empty())));
    Appended appended = LedgerStep.append(origin, head, strands, row);
    head = appended.head();
    header.run().ifPresent(id -> runs.put(id, appended.strands().run()));
    header.workflow().ifPresent(id -> workflows.put(id, appended.strands().workflow()));
    return new Line(HEX.formatHex(bytes), HEX.formatHex(appended.bytes()));
  }
}
