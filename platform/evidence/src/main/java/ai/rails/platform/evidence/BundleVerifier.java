package ai.rails.platform.evidence;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

import ai.rails.schema.EventCodec;

/// Verifies evidence bundles without asking anybody: no network, no clock, no database. Whatever a
/// file holds, the answer is a verdict; memory does not grow with what a file says about itself.
/// Thread-safe.
public final class BundleVerifier {
  private final EventCodec codec;
  private final DerivedFiles derived;

  /// @param derived makes the documents again, as the writer did
  public BundleVerifier(EventCodec codec, DerivedFiles derived) {
    this.codec = codec;
    this.derived = derived;
  }

  /// @param trust whom to believe; nobody that only the bundle names
  /// @throws IOException if the file cannot be read at all
  public Verdict verify(Path file, Trust trust) throws IOException {
    try (Bundle bundle = Bundle.open(file)) {
      return new Examination(bundle, trust, codec, derived).verdict();
    } catch (Refused e) {
      var findings = new Findings();
      findings.fail(Check.ARCHIVE, e.where(), e.reason());
      return findings.verdict(Optional.empty());
    }
  }
}
