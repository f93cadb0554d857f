package ai.rails.stream.ledger;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

import ai.rails.domain.checkpoint.Checkpoint;
import ai.rails.domain.ledger.Frontier;
import ai.rails.domain.ledger.Merkle;
import ai.rails.domain.ledger.Origin;
import ai.rails.schema.EventCodec;

/// Whether the rows of a workspace still give the heads of the logs that were abandoned: then a new
/// epoch tells the same history under another name. One thread.
final class OldEpochs {
  private final List<Old> logs = new ArrayList<>();
  private final Function<Origin, Optional<LedgerLog>> leaves;

  private record Old(StoreLog log, Frontier tree, Checkpoint last) {}

  /// @param leaves what the ledger topic still has of a log
  OldEpochs(
      Origin current,
      StoreEpochs epochs,
      EventCodec codec,
      Function<Origin, Optional<LedgerLog>> leaves) {
    this.leaves = leaves;
    for (Checkpoint last : epochs.bound(current)) {
      Origin.parse(last.origin())
          .ifPresent(old ->
              logs.add(
                  new Old(new StoreLog(old, epochs.genesis(old), codec), new Frontier(), last)));
    }
  }

  /// @return what is wrong, once the row at which an abandoned log ended is there
  Optional<String> append(ResultSet row) throws SQLException {
    for (Old old : logs) {
      if (old.tree.size() == old.last.size()) {
        continue;
      }
      long position = row.getLong("position");
      Optional<LedgerLog> found =
          leaves.apply(old.log.origin()).filter(log -> position <= log.size());
      String hash = old.log.append(row, h -> found.map(log -> log.has(position, h)).orElse(true));
      old.tree.append(HexFormat.of().parseHex(hash));
      if (old.tree.size() == old.last.size() && !Merkle.equal(old.tree.root(), old.last.root())) {
        return Optional.of(
            "the first %d rows do not give the last head of the abandoned log %s"
                .formatted(old.last.size(), old.log.origin()));
      }
    }
    return Optional.empty();
  }

  /// The first abandoned log that had more entries than there are rows.
  Optional<String> shorter() {
    return logs.stream()
        .filter(old -> old.tree.size() < old.last.size())
        .findFirst()
        .map(old ->
            "there are %d rows, the abandoned log %s had %d entries"
                .formatted(old.tree.size(), old.log.origin(), old.last.size()));
  }
}
