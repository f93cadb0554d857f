package ai.rails.platform.evidence;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;

import ai.rails.domain.checkpoint.TlogPolicy;

/// A writer and a verifier that belong together, over one log.
record Bench(SyntheticLog log, EvidenceKey key, Path scratch) {
  static Bench over(SyntheticLog log, Path scratch) {
    return new Bench(log, EvidenceKey.generate(new SecureRandom()), scratch);
  }

  byte[] write(EvidenceSource source) {
    return write(source, DerivedFiles.NONE);
  }

  byte[] write(EvidenceSource source, DerivedFiles derived) {
    var writer =
        new BundleWriter(
            SyntheticLog.CODEC,
            derived,
            key,
            Optional.empty(),
            new TrustCopies(log.logKey.verifier().toString(), log.policy(), ""),
            new Producer("Acme", "AI Rails", "0.1.0", "none"),
            scratch);
    var out = new ByteArrayOutputStream();
    try {
      writer.write(source, out, Progress.SILENT);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  Trust trust() {
    return new Trust(
        Optional.of(TlogPolicy.parse(log.policy())),
        List.of(),
        List.of(key.publicKey()),
        List.of());
  }

  Verdict verify(byte[] bundle) {
    return verify(bundle, trust());
  }

  Verdict verify(byte[] bundle, Trust believed) {
    return verify(bundle, believed, DerivedFiles.NONE);
  }

  Verdict verify(byte[] bundle, Trust believed, DerivedFiles derived) {
    try {
      Path file = Files.createTempFile(scratch, "bundle", ".zip");
      try {
        Files.write(file, bundle);
        return new BundleVerifier(SyntheticLog.CODEC, derived).verify(file, believed);
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
