package ai.rails.projection.evidence;

import java.io.IOException;
import java.io.OutputStream;

import ai.rails.platform.evidence.EvidenceSource;

/// Makes one bundle: bag, signature, time stamps. Thread-safe.
@FunctionalInterface
public interface BundleMaker {
  /// What was made.
  ///
  /// @param fileName that the archive should have
  /// @param manifestSha256 of the manifest: the same for the same contents
  /// @param entries of the log in it
  record Written(String fileName, String manifestSha256, long entries) {}

  /// Hears how far it is.
  @FunctionalInterface
  interface Listener {
    void reached(String stage, long done);
  }

  /// @throws IOException if a disk or the time stamp authority fails
  Written make(EvidenceSource source, OutputStream out, Listener listener) throws IOException;
}
