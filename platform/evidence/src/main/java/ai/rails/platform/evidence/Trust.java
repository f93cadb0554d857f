package ai.rails.platform.evidence;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import ai.rails.domain.checkpoint.TlogPolicy;
import ai.rails.domain.checkpoint.VerifierKey;

/// Whom an auditor believes, told to him by another way than the bundle. What is not given here
/// cannot be verified, and the verdict says so. Immutable.
///
/// @param policy which witnesses must have cosigned; may name logs too
/// @param logs keys of logs, beside those of the policy
/// @param evidence keys that sign bundles
/// @param stampRoots roots of time stamp authorities
public record Trust(
    Optional<TlogPolicy> policy,
    List<VerifierKey> logs,
    List<ECPublicKey> evidence,
    List<X509Certificate> stampRoots) {
  /// Nobody.
  public static final Trust NONE = new Trust(Optional.empty(), List.of(), List.of(), List.of());

  /// Names of the files that [#directory(Path)] reads, each optional.
  public static final String POLICY_FILE = "witnesses.policy";

  public static final String LOG_FILE = "log.vkey";
  public static final String EVIDENCE_FILE = "evidence.pub";
  public static final String STAMP_ROOT_FILE = "tsa-root.pem";

  private static final int FILE_BYTES_MAX = 1 << 20;

  public Trust {
    logs = List.copyOf(logs);
    evidence = List.copyOf(evidence);
    stampRoots = List.copyOf(stampRoots);
  }

  /// Reads what of the four files a directory has.
  ///
  /// @throws IllegalArgumentException naming the file that is wrong
  public static Trust directory(Path directory) throws IOException {
    return files(
        existing(directory.resolve(POLICY_FILE)),
        existing(directory.resolve(LOG_FILE)),
        existing(directory.resolve(EVIDENCE_FILE)),
        existing(directory.resolve(STAMP_ROOT_FILE)));
  }

  /// @throws IllegalArgumentException naming the file that is wrong
  public static Trust files(
      Optional<Path> policy, Optional<Path> logs, Optional<Path> evidence, Optional<Path> roots)
      throws IOException {
    return new Trust(
        read(policy, TlogPolicy::parse),
        read(logs, Trust::vkeys).orElse(List.of()),
        read(evidence, PublicKeys::parse).orElse(List.of()),
        read(roots, Trust::certificates).orElse(List.of()));
  }

  /// What a bundle says about itself, to see whether it agrees with itself.
  ///
  /// @throws Refused if a copy cannot be read
  static Trust copies(Bundle bundle) {
    return new Trust(
        copy(bundle, BagNames.TRUST_POLICY, TlogPolicy::parse),
        copy(bundle, BagNames.TRUST_LOG, Trust::vkeys).orElse(List.of()),
        copy(bundle, BagNames.TRUST_EVIDENCE, PublicKeys::parse).orElse(List.of()),
        copy(bundle, BagNames.TRUST_STAMPS, Trust::certificates).orElse(List.of()));
  }

  /// Reads vkeys, one a line; empty lines and lines with `#` in front are nothing.
  static List<VerifierKey> vkeys(String text) {
    return text.lines()
        .filter(line -> !line.isBlank() && !line.startsWith("#"))
        .map(VerifierKey::parse)
        .toList();
  }

  /// Those of a PEM text.
  static List<X509Certificate> certificates(String pem) {
    var certificates = new ArrayList<X509Certificate>();
    for (byte[] der : Pem.parse("CERTIFICATE", pem)) {
      try {
        Certificate certificate =
            CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(der));
        certificates.add((X509Certificate) certificate);
      } catch (CertificateException e) {
        throw new IllegalArgumentException("a certificate is none: " + e.getMessage(), e);
      }
    }
    return certificates;
  }

  private static Optional<Path> existing(Path file) {
    return Optional.of(file).filter(Files::isRegularFile);
  }

  private static <T> Optional<T> read(Optional<Path> file, Form<T> form) throws IOException {
    if (file.isEmpty()) {
      return Optional.empty();
    }
    if (Files.size(file.get()) > FILE_BYTES_MAX) {
      throw new IllegalArgumentException(
          "%s has more than %d bytes".formatted(file.get(), FILE_BYTES_MAX));
    }
    try {
      return Optional.of(form.parse(Files.readString(file.get(), StandardCharsets.UTF_8)));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("%s: %s".formatted(file.get(), e.getMessage()), e);
    }
  }

  private static <T> Optional<T> copy(Bundle bundle, String path, Form<T> form) {
    Optional<byte[]> bytes = bundle.maybe(path, FILE_BYTES_MAX);
    try {
      return bytes.map(b -> form.parse(new String(b, StandardCharsets.UTF_8)));
    } catch (IllegalArgumentException e) {
      throw new Refused(path, "it cannot be read: " + e.getMessage());
    }
  }

  private interface Form<T> {
    T parse(String text);
  }
}
