package ai.rails.command.policy;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import ai.rails.domain.Event;
import ai.rails.domain.Header;
import ai.rails.domain.checkpoint.Note;
import ai.rails.domain.ledger.GrowingTree;
import ai.rails.domain.ledger.LedgerHead;
import ai.rails.domain.ledger.LedgerRow;
import ai.rails.domain.ledger.LedgerStep;
import ai.rails.domain.ledger.LedgerStep.Appended;
import ai.rails.domain.ledger.LedgerStep.Strands;
import ai.rails.domain.ledger.LogEvent.EpochOpened;
import ai.rails.domain.ledger.Origin;
import ai.rails.domain.ledger.Strand;
import ai.rails.domain.policy.Decision;
import ai.rails.domain.run.RunEvent.PolicyEvaluated;
import ai.rails.domain.worker.WorkerEvent.KeyReleaseEvaluated;
import ai.rails.platform.http.Problem;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Sql;
import ai.rails.schema.EventCodec;
import ai.rails.schema.Recorded;

/// A tenant's decisions, read from the event store together with all that proves that none is
/// missing: each log is computed again from its first entry, and the root of its tree names exactly
/// the entries that were read. A signed checkpoint of that size has that root, or the store was
/// altered.
final class PastDecisions {
  /// Most entries of one log that a simulation reads.
  static final long MAX_ENTRIES = 1_000_000;

  private static final HexFormat HEX = HexFormat.of();
  private static final int PAGE = 500;
  private static final String ROWS =
      """
      SELECT position, (extract(epoch FROM recorded_at) * 1000)::bigint, payload FROM event
       WHERE tenant = ? AND workspace = ? AND position <= ? ORDER BY position\
      """;

  private static final String LAST_EPOCH =
      """
      SELECT payload FROM event
       WHERE tenant = ? AND workspace = ? AND event_type = 'LEDGER_EPOCH_OPENED'
       ORDER BY position DESC LIMIT 1\
      """;

  private final Database database;
  private final String cellDomain;
  private final EventCodec codec = new EventCodec();

  PastDecisions(Database database, String cellDomain) {
    this.database = database;
    this.cellDomain = cellDomain;
  }

  /// One recorded decision.
  record Past(String workspace, String run, Instant at, Decision decision) {}

  /// A log as far as it was read.
  ///
  /// @param root of the Merkle tree over its first `size` leaves, hex
  /// @param decisions of the log within the time that was asked for
  record Log(String workspace, String origin, long size, String root, long decisions) {}

  /// @param decisions in the order of their logs
  record Found(List<Log> logs, List<Past> decisions) {
    Found {
      logs = List.copyOf(logs);
      decisions = List.copyOf(decisions);
    }
  }

  /// @param since earlier decisions are read, for the proof, and left out
  Found of(String tenant, Instant since) {
    return database.inTenant(
        tenant,
        c -> {
          List<Past> decisions = new ArrayList<>();
          List<Log> logs = new ArrayList<>();
          for (Map.Entry<String, Long> log : sizes(c, tenant).entrySet()) {
            logs.add(read(c, tenant, log.getKey(), log.getValue(), since, decisions));
          }
          return new Found(logs, decisions);
        });
  }

  private static Map<String, Long> sizes(Connection c, String tenant) throws SQLException {
    Map<String, Long> sizes = new java.util.TreeMap<>();
    Sql.all(
            c,
            "SELECT workspace, position FROM workspace_head WHERE tenant = ?",
            row -> Map.entry(row.getString(1), row.getLong(2)),
            tenant)
        .forEach(head -> sizes.put(head.getKey(), head.getValue()));
    return sizes;
  }

  private Log read(
      Connection c, String tenant, String workspace, long size, Instant since, List<Past> decisions)
      throws SQLException {
    if (size > MAX_ENTRIES) {
      throw Problem.invalid(
          "the log of workspace %s has %s entries; at most %s are replayed at once"
              .formatted(workspace, size, MAX_ENTRIES));
    }
    Computed log = computed(c, Origin.first(cellDomain, tenant, workspace));
    int before = decisions.size();
    try (PreparedStatement select = c.prepareStatement(ROWS)) {
      select.setString(1, tenant);
      select.setString(2, workspace);
      select.setLong(3, size);
      select.setFetchSize(PAGE);
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          byte[] bytes = rows.getBytes(3);
          Instant at = Instant.ofEpochMilli(rows.getLong(2));
          log.append(rows.getLong(1), rows.getLong(2), bytes);
          if (!at.isBefore(since)) {
            decision(bytes).ifPresent(p -> decisions.add(p.at(workspace, at)));
          }
        }
      }
    }
    if (log.head.size() != size) {
      throw new IllegalStateException(
          "the log of workspace %s ends at %s and not at %s"
              .formatted(workspace, log.head.size(), size));
    }
    return new Log(
        workspace,
        log.origin.toString(),
        size,
        HEX.formatHex(log.tree.root()),
        decisions.size() - before);
  }

  /// The log that the workspace is in, with what it begins with.
  private Computed computed(Connection c, Origin first) throws SQLException {
    Optional<EpochOpened> last =
        Sql.one(c, LAST_EPOCH, row -> row.getBytes(1), first.tenant(), first.workspace())
            .map(bytes -> (EpochOpened) codec.decode(bytes).event());
    if (last.isEmpty()) {
      return new Computed(first, LedgerHead.genesis(first));
    }
    Origin origin = first.in(last.get().epoch());
    Note note = Note.parse(last.get().lastCheckpoint().getBytes(StandardCharsets.UTF_8));
    return new Computed(origin, LedgerHead.opened(origin, note.text()));
  }

  private record Of(String run, Decision decision) {
    Past at(String workspace, Instant at) {
      return new Past(workspace, run, at, decision);
    }
  }

  private Optional<Of> decision(byte[] bytes) {
    return switch (codec.entryType(bytes)) {
      case POLICY_EVALUATED -> told(codec.decode(bytes));
      default -> Optional.empty();
    };
  }

  /// The decision that an entry tells of.
  static Optional<Decision> decisionOf(Recorded recorded) {
    return told(recorded).map(Of::decision);
  }

  private static Optional<Of> told(Recorded recorded) {
    Event event = recorded.event();
    if (event instanceof PolicyEvaluated e) {
      return Optional.of(new Of(e.run(), e.decision()));
    }
    return event instanceof KeyReleaseEvaluated e
        ? Optional.of(new Of("", e.decision()))
        : Optional.empty();
  }

  /// A log that is computed again. One thread.
  private final class Computed {
    private final Origin origin;
    private final GrowingTree tree = GrowingTree.inMemory();
    private final Map<String, Strand> runs = new HashMap<>();
    private final Map<String, Strand> workflows = new HashMap<>();
    private LedgerHead head;

    Computed(Origin origin, LedgerHead genesis) {
      this.origin = origin;
      this.head = genesis;
    }

    void append(long position, long recordedAt, byte[] bytes) {
      Header header = codec.header(bytes);
      LedgerRow row =
          new LedgerRow(
              position,
              recordedAt,
              bytes,
              header.eventId(),
              codec.entryType(bytes),
              HEX.formatHex(codec.schemaFingerprintSha256(bytes)),
              header.run(),
              header.workflow());
      Strands strands =
          new Strands(
              header.run().flatMap(id -> Optional.ofNullable(runs.get(id))),
              header.workflow().flatMap(id -> Optional.ofNullable(workflows.get(id))));
      Appended appended = LedgerStep.append(origin, head, strands, row);
      head = appended.head();
      header.run().ifPresent(id -> keep(runs, id, appended.strands().run()));
      header.workflow().ifPresent(id -> keep(workflows, id, appended.strands().workflow()));
      tree.append(HEX.parseHex(head.hash()), _ -> {});
    }

    private static void keep(Map<String, Strand> strands, String id, Optional<Strand> strand) {
      strand.ifPresentOrElse(s -> strands.put(id, s), () -> strands.remove(id));
    }
  }
}
