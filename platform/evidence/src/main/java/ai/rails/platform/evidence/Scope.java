package ai.rails.platform.evidence;

/// What a bundle is evidence of.
public sealed interface Scope {
  /// Whose it is.
  String tenant();

  /// Whose log it is from.
  String workspace();

  /// Everything that a run did, from its trigger to its end, and what came after.
  record OfRun(String tenant, String workspace, String run) implements Scope {}

  /// One approval: the run it belongs to, with that gate in the foreground.
  record OfApproval(String tenant, String workspace, String run, String gate) implements Scope {}

  /// Every entry recorded in a time.
  ///
  /// @param from Unix milliseconds, inclusive
  /// @param to Unix milliseconds, exclusive
  record OfPeriod(String tenant, String workspace, long from, long to) implements Scope {}

  /// The whole log, with its tiles.
  record OfWorkspace(String tenant, String workspace) implements Scope {}
}
