package ai.rails.attestation;

import java.time.Instant;
import java.util.Optional;

import ai.rails.attestation.collateral.Collateral;
import ai.rails.attestation.format.Bytes;
import ai.rails.attestation.snp.SnpVerifier;
import ai.rails.attestation.tdx.TdxVerifier;
import ai.rails.attestation.verdict.ChipIdentity;
import ai.rails.attestation.verdict.PckIdentity;
import ai.rails.attestation.verdict.Tee;
import ai.rails.attestation.verdict.Verdict;

/// Verifies attestation evidence. A function of its arguments: no clock, no network, no randomness,
/// nothing kept between calls; safe from any thread. Bad input of any size gives a
/// [Verdict.Rejected], never an exception, so the same arguments give the same verdict for ever.
public final class Verifier {
  private Verifier() {}

  /// @param at when the verdict shall hold; certificates, revocation lists and collateral must be
  ///   valid then
  public static Verdict verify(
      Evidence evidence, Collateral collateral, TrustRoots roots, Instant at) {
    return switch (evidence.tee()) {
      case TDX -> TdxVerifier.verify(evidence.content(), collateral, roots.intel(), at);
      case SEV_SNP -> SnpVerifier.verify(evidence.content(), collateral, roots.amd(), at);
    };
  }

  /// Checks form, chain and the three signatures of a TDX quote without collateral. A diagnosis for
  /// when collateral is out of reach, and no verdict: returns what is wrong, or nothing.
  public static Optional<Verdict.Rejected> signatures(Evidence quote, TrustRoots roots) {
    return quote.tee() == Tee.TDX
        ? TdxVerifier.signatures(quote.content(), roots.intel())
        : Optional.empty();
  }

  /// The root at the end of a TDX quote's own certificates, in DER, whoever made it: to check that
  /// evidence of a development root is consistent, which proves nothing. Empty where it can not be
  /// read.
  public static Optional<Bytes> ownRoot(Evidence quote) {
    return quote.tee() == Tee.TDX ? TdxVerifier.ownRoot(quote.content()) : Optional.empty();
  }

  /// Which platform a TDX quote names, for whoever has to fetch its collateral: the certificates
  /// lead to a configured root, nothing else was looked at. Empty where they do not.
  public static Optional<PckIdentity> platform(Evidence quote, TrustRoots roots) {
    return quote.tee() == Tee.TDX
        ? TdxVerifier.platform(quote.content(), roots.intel())
        : Optional.empty();
  }

  /// Which endorsement key a SEV-SNP report names, for whoever has to fetch its certificate;
  /// nothing was verified. Empty where it can not be read, or names no product: those of version 2
  /// do not.
  public static Optional<ChipIdentity> chip(Evidence report) {
    return report.tee() == Tee.SEV_SNP ? SnpVerifier.chip(report.content()) : Optional.empty();
  }
}
