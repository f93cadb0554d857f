package ai.rails.command.key;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import ai.rails.attestation.TrustRoots;
import ai.rails.attestation.format.Bytes;
import ai.rails.attestation.format.Malformed;
import ai.rails.platform.config.Settings;

/// Whose signatures count for evidence. Intel's and AMD's, unless an installation that says it is
/// for development names another root; a production installation that names one does not start.
public final class AttestationTrust {
  private static final String ROOT = "attestation.root.file";
  private static final String PRODUCTION = "production";

  private AttestationTrust() {}

  /// @throws IllegalArgumentException if a production installation names a root
  public static TrustRoots of(Settings settings) throws IOException {
    Optional<Path> root = settings.text(ROOT).map(Path::of);
    if (root.isEmpty()) {
      return TrustRoots.vendors();
    }
    if (settings.required("environment.kind").equals(PRODUCTION)) {
      throw new IllegalArgumentException(
          "%s names a root for evidence, and environment.kind is production: only Intel's and AMD's"
                  .formatted(ROOT)
              + " count there; remove the setting");
    }
    try {
      return TrustRoots.of(List.of(Bytes.copyOf(Files.readAllBytes(root.get()))));
    } catch (Malformed e) {
      throw new IllegalArgumentException(
          "%s is no certificate of a CA in DER: %s".formatted(root.get(), e.getMessage()), e);
    }
  }
}
