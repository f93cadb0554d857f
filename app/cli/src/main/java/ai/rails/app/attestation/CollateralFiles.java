package ai.rails.app.attestation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import ai.rails.attestation.TrustRoots;
import ai.rails.attestation.certificate.Certificate;
import ai.rails.attestation.collateral.Collateral;
import ai.rails.attestation.format.Bytes;
import ai.rails.attestation.format.Malformed;
import ai.rails.attestation.format.Pem;
import ai.rails.attestation.verdict.Tee;

/// Collateral and roots as files in a directory. Intel's have fixed names; AMD's certificates are
/// told by what they say of themselves.
final class CollateralFiles {
  private static final Set<String> CERTIFICATES = Set.of("der", "crt", "cer", "pem");
  private static final String AMD_REVOCATIONS = "crl.der";
  private static final int MOST_FILES = 64;
  private static final long MOST_BYTES = 4L * 1024 * 1024;

  private CollateralFiles() {}

  static Collateral read(Tee tee, Path directory) throws IOException, Malformed {
    return switch (tee) {
      case TDX -> intel(directory);
      case SEV_SNP -> amd(directory);
    };
  }

  static Collateral.Tdx intel(Path directory) throws IOException {
    return new Collateral.Tdx(
        bytes(directory.resolve("tcb_info.json")),
        bytes(directory.resolve("tcb_info_issuer_chain.pem")),
        bytes(directory.resolve("qe_identity.json")),
        bytes(directory.resolve("qe_identity_issuer_chain.pem")),
        bytes(directory.resolve("pck_crl.der")),
        bytes(directory.resolve("root_ca_crl.der")));
  }

  private static Collateral.Snp amd(Path directory) throws IOException, Malformed {
    Map<String, Bytes> byName = new HashMap<>();
    Bytes key = Bytes.copyOf(new byte[0]);
    String issuer = "";
    for (Bytes der : certificates(directory)) {
      Certificate each = Certificate.of(der);
      byName.put(each.commonName(), der);
      if (each.commonName().equals("SEV-VCEK") || each.commonName().equals("SEV-VLEK")) {
        key = der;
        issuer = Certificate.commonName(each.issuer());
      }
    }
    Bytes signer = byName.get(issuer);
    if (signer == null) {
      throw new Malformed(
          "%s lacks a VCEK or VLEK certificate, or the ASK or ASVK certificate that issued it"
              .formatted(directory));
    }
    Path list = directory.resolve(AMD_REVOCATIONS);
    return new Collateral.Snp(
        key, signer, Files.exists(list) ? Optional.of(bytes(list)) : Optional.empty());
  }

  /// Every certificate file in the directory.
  static TrustRoots roots(Path directory) throws IOException, Malformed {
    List<Bytes> roots = new ArrayList<>();
    for (Bytes each : certificates(directory)) {
      if (!roots.contains(each)) {
        roots.add(each);
      }
    }
    if (roots.isEmpty()) {
      throw new Malformed("%s holds no certificate (.pem, .der, .crt, .cer)".formatted(directory));
    }
    return TrustRoots.of(roots);
  }

  /// The certificates of one file, PEM or DER.
  static List<Bytes> certificates(Bytes file) throws Malformed {
    boolean pem = file.length() > 0 && file.at(0) == '-';
    return pem ? Pem.certificates(file) : List.of(file);
  }

  static Bytes bytes(Path file) throws IOException {
    if (Files.size(file) > MOST_BYTES) {
      throw new IOException("%s is larger than %d bytes".formatted(file, MOST_BYTES));
    }
    return Bytes.copyOf(Files.readAllBytes(file));
  }

  private static List<Bytes> certificates(Path directory) throws IOException, Malformed {
    List<Bytes> all = new ArrayList<>();
    for (Path file : files(directory)) {
      if (isCertificate(file)) {
        all.addAll(certificates(bytes(file)));
      }
    }
    return all;
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(Files::isRegularFile).sorted().limit(MOST_FILES).toList();
    }
  }

  private static boolean isCertificate(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    return !name.equals(AMD_REVOCATIONS)
        && CERTIFICATES.contains(name.substring(name.lastIndexOf('.') + 1));
  }
}
