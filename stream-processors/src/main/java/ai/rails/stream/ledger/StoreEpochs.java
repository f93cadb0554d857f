package ai.rails.stream.ledger;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import ai.rails.domain.checkpoint.Checkpoint;
import ai.rails.domain.checkpoint.Note;
import ai.rails.domain.ledger.LedgerHead;
import ai.rails.domain.ledger.LogEvent.EpochOpened;
import ai.rails.domain.ledger.LogEvent.Reason;
import ai.rails.domain.ledger.Origin;
import ai.rails.schema.EventCodec;

/// Which epoch each log is in, and what the epochs before were bound with, as the store's acts say.
final class StoreEpochs {
  private static final String OPENED =
      """
      SELECT tenant, workspace, payload FROM event
       WHERE event_type = 'LEDGER_EPOCH_OPENED' ORDER BY tenant, workspace, position\
      """;

  private final String cellDomain;
  private final Map<Origin, List<Opened>> byFirst = new HashMap<>();

  /// An epoch that was opened.
  ///
  /// @param last head of the log that it is bound to
  record Opened(int epoch, Reason reason, Checkpoint last) {}

  private StoreEpochs(String cellDomain) {
    this.cellDomain = cellDomain;
  }

  static StoreEpochs read(Connection connection, String cellDomain, EventCodec codec)
      throws SQLException {
    var epochs = new StoreEpochs(cellDomain);
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(OPENED)) {
      while (row.next()) {
        if (codec.decode(row.getBytes("payload")).event() instanceof EpochOpened e) {
          Origin first = epochs.first(row.getString("tenant"), row.getString("workspace"));
          epochs.add(first, e);
        }
      }
    }
    return epochs;
  }

  private void add(Origin first, EpochOpened e) {
    Note note = Note.parse(e.lastCheckpoint().getBytes(StandardCharsets.UTF_8));
    byFirst
        .computeIfAbsent(first, _ -> new ArrayList<>())
        .add(new Opened(e.epoch(), e.reason(), Checkpoint.parse(note.text())));
  }

  Origin first(String tenant, String workspace) {
    return Origin.first(cellDomain, tenant, workspace);
  }

  /// The log that a workspace is in.
  Origin current(String tenant, String workspace) {
    Origin first = first(tenant, workspace);
    List<Opened> opened = byFirst.getOrDefault(first, List.of());
    return opened.isEmpty() ? first : first.in(opened.getLast().epoch());
  }

  /// What a log begins with.
  LedgerHead genesis(Origin origin) {
    return opened(origin)
        .map(o -> LedgerHead.opened(origin, o.last().text()))
        .orElseGet(() -> LedgerHead.genesis(origin));
  }

  /// The heads that a workspace's later epochs are bound to, and that its rows have to give again;
  /// not those of logs whose history the store is known to lack.
  List<Checkpoint> bound(Origin origin) {
    return byFirst.getOrDefault(origin.in(1), List.of()).stream()
        .filter(o -> o.reason() != Reason.HISTORY_LOST)
        .map(Opened::last)
        .toList();
  }

  private Optional<Opened> opened(Origin origin) {
    return byFirst.getOrDefault(origin.in(1), List.of()).stream()
        .filter(o -> o.epoch() == origin.epoch())
        .findFirst();
  }
}
