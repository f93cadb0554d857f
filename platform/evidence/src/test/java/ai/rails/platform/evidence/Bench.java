package ai.rails.platform.evidence;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.CertificateEncodingException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import ai.rails.domain.checkpoint.TlogPolicy;
import ai.rails.platform.timestamp.DevelopmentRoot;
import ai.rails.platform.timestamp.LocalAuthority;
import ai.rails.platform.timestamp.TimestampAuthority;

import static java.nio.charset.StandardCharsets.UTF_8;

/// A writer and a verifier that belong together, over one log.
record Bench(SyntheticLog log, EvidenceKey key, Optional<LocalAuthority> authority, Path scratch) {
  /// Documents that follow from the entries: one that counts them.
  static final DerivedFiles DOCUMENTS =
      (scope, checkpoint, entries) -> {
        try (var all = entries.get()) {
          return Map.of(
              "data/summary.json",
              "{\"entries\":%d,\"size\":%d}"
                  .formatted(all.count(), checkpoint.size())
                  .getBytes(UTF_8));
        }
      };

  /// When everything is stamped.
  static final Instant STAMPED = Instant.parse("2026-03-02T13:00:00Z");

  static Bench over(SyntheticLog log, Path scratch) {
    return new Bench(log, EvidenceKey.generate(new SecureRandom()), Optional.empty(), scratch);
  }

  /// With time stamps by an authority of its own.
  Bench stamped() {
    return new Bench(
        log,
        key,
        Optional.of(
            DevelopmentRoot.open(
                scratch.resolve("tsa"), InstantSource.fixed(STAMPED), new SecureRandom())),
        scratch);
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
            authority.map(TimestampAuthority.class::cast),
            new TrustCopies(log.logKey.verifier().toString(), log.policy(), chain()),
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
        authority.map(each -> List.of(each.chain().getLast())).orElse(List.of()));
  }

  private String chain() {
    var pem = new StringBuilder();
    authority.stream()
        .flatMap(each -> each.chain().stream())
        .forEach(certificate -> {
          try {
            pem.append(Pem.write("CERTIFICATE", certificate.getEncoded()));
          } catch (CertificateEncodingException e) {
            throw new IllegalStateException(e);
          }
        });
    return pem.toString();
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
