package ai.rails.stream.ledger;

/// Lets the store's rows be published once more. Asking twice for the same does no harm.
@FunctionalInterface
interface RowsAgain {
  /// Asks for a workspace's rows from a position on; comes back at once.
  void ask(String tenant, String workspace, long from);
}
