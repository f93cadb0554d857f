package ai.rails.attestation;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import ai.rails.attestation.collateral.Collateral;
import ai.rails.attestation.format.Bytes;
import ai.rails.attestation.format.Malformed;
import ai.rails.attestation.verdict.Verdict;

import static java.util.Objects.requireNonNull;

/// Genuine evidence with its collateral, and the times at which both are valid.
public final class Samples {
  static final Instant V4_TIME = Instant.parse("2025-02-28T12:00:00Z");
  static final Instant V5_TIME = Instant.parse("2025-06-27T12:00:00Z");
  static final Instant DEBUG_TIME = Instant.parse("2023-06-28T12:00:00Z");
  static final Instant SNP_TIME = Instant.parse("2026-07-15T00:00:00Z");
  static final Instant DEVELOPMENT_TIME = Instant.parse("2026-01-15T12:00:00Z");
  static final TrustRoots VENDORS = TrustRoots.vendors();

  private Samples() {}

  public static byte[] bytes(String name) {
    try (InputStream file = requireNonNull(Samples.class.getResourceAsStream("samples/" + name))) {
      return file.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Collateral.Tdx collateral(String folder) {
    return new Collateral.Tdx(
        part(folder, "tcb_info.json"),
        part(folder, "tcb_info_issuer_chain.pem"),
        part(folder, "qe_identity.json"),
        part(folder, "qe_identity_issuer_chain.pem"),
        part(folder, "pck_crl.der"),
        part(folder, "root_ca_crl.der"));
  }

  static Collateral.Snp amd() {
    return new Collateral.Snp(
        Bytes.copyOf(bytes("snp-vcek.der")), Bytes.copyOf(bytes("snp-ask.der")), Optional.empty());
  }

  static TrustRoots developmentRoots() {
    try {
      return TrustRoots.of(List.of(Bytes.copyOf(bytes("development-root.der"))));
    } catch (Malformed e) {
      throw new IllegalStateException(e);
    }
  }

  static Verdict v4(byte[] quote) {
    return Verifier.verify(Evidence.tdx(quote), collateral("collateral-v4"), VENDORS, V4_TIME);
  }

  static Verdict snp(byte[] report) {
    return Verifier.verify(Evidence.snp(report), amd(), VENDORS, SNP_TIME);
  }

  private static Bytes part(String folder, String name) {
    return Bytes.copyOf(bytes(folder + "/" + name));
  }
}
