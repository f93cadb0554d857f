package ai.rails.projection.access;

/// Notes in the ledger who is about to be given evidence. Thread-safe.
@FunctionalInterface
public interface AccessNotes {
  /// Returns when it is noted.
  ///
  /// @throws ai.rails.platform.http.Unavailable if it can not be noted: then nothing may be given
  /// @throws ai.rails.platform.http.Problem if too much was taken in this hour
  void note(Taken taken);
}
