package ai.rails.platform.evidence;

/// Hears how far the writing of a bundle has come. Called by the writing thread.
@FunctionalInterface
public interface Progress {
  /// Tells nobody.
  Progress SILENT = (stage, done) -> {};

  /// What is being done.
  enum Stage {
    /// Entries, events and proofs; counted in entries.
    ENTRIES,
    /// The documents that follow from them; counted in files.
    DOCUMENTS,
    /// Signature and time stamps; counted in both.
    SIGNING,
    /// The archive; counted in bytes.
    WRITING
  }

  void reached(Stage stage, long done);
}
