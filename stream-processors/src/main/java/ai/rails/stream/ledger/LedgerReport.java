package ai.rails.stream.ledger;

import java.util.List;
import java.util.Optional;

/// What a verification found.
///
/// @param equal whether every leaf follows from those before and is the one that the store's rows
///   give, and every head, tile and checkpoint is the one of that tree; the store may be ahead
/// @param workspaces how many logs were looked at
/// @param lag how many rows of the store have no leaf yet
/// @param heads how many unsigned heads were given of these logs
/// @param tiles how many tiles there are
/// @param checkpoints how many signed checkpoints there are
/// @param differences the first one of each log that differs, by tenant and workspace
public record LedgerReport(
    boolean equal,
    long storeEntries,
    long ledgerEntries,
    int workspaces,
    long lag,
    long heads,
    long tiles,
    long checkpoints,
    List<Difference> differences) {
  public LedgerReport {
    differences = List.copyOf(differences);
  }

  public Optional<Difference> firstDifference() {
    return differences.stream().findFirst();
  }

  /// Where a log is not what it should be.
  ///
  /// @param reason a sentence
  public record Difference(String tenant, String workspace, long position, String reason) {}
}
