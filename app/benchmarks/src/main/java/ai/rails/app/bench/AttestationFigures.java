package ai.rails.app.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

import ai.rails.app.attestation.AttestationCases;
import ai.rails.app.attestation.AttestationCases.Inputs;
import ai.rails.app.embedded.Unavailable;
import ai.rails.attestation.certificate.Certificate;
import ai.rails.attestation.certificate.Curve;
import ai.rails.attestation.collateral.Collateral;
import ai.rails.attestation.format.Bytes;
import ai.rails.attestation.format.Malformed;
import ai.rails.attestation.verdict.Claims;
import ai.rails.attestation.verdict.Tee;
import ai.rails.attestation.verdict.Verdict;

/// How fast evidence is verified by one thread, beside the signature checks alone that the standard
/// demands, both in one run; that changed evidence stays refused; and what sealing costs.
///
/// @param sealedStepMicros opening 4 KiB of input and sealing 4 KiB of output under a run key
public record AttestationFigures(
    List<Kind> kinds, MutationFigures mutations, double sealedStepMicros) {
  private static final double NANOS_PER_SECOND = 1e9;
  private static final int PHASES = 6;
  private static final String NOT_ACCEPTED = "the genuine evidence is not accepted";

  public AttestationFigures {
    kinds = List.copyOf(kinds);
  }

  /// One kind of evidence.
  ///
  /// @param signatures how many signatures one verification checks
  /// @param barePerSecond how often as many signatures alone are checked
  public record Kind(
      String name, double perSecond, Latency latency, int signatures, double barePerSecond) {}

  /// The signature checks inside one verification, without the rest of it.
  private record Bare(int signatures, BooleanSupplier check) {}

  /// @param mutations how many pieces of evidence are changed and verified
  static AttestationFigures measure(
      Path vectors, Duration limit, int mutations, LongSupplier nanoTime)
      throws GeneralSecurityException {
    try {
      Inputs quote = AttestationCases.accepted(vectors, Tee.TDX);
      Inputs report = AttestationCases.accepted(vectors, Tee.SEV_SNP);
      Duration phase = limit.dividedBy(PHASES);
      List<Kind> kinds =
          List.of(
              kind("TDX", quote, bare(quote), phase, nanoTime),
              kind("SEV-SNP", report, bareReport(report), phase, nanoTime));
      return new AttestationFigures(
          kinds,
          MutationFigures.measure(List.of(quote, report), mutations, nanoTime),
          Sealing.microsPerStep());
    } catch (IOException | Malformed e) {
      throw new Unavailable("the conformance cases can not be read: " + e.getMessage(), e);
    }
  }

  private static Kind kind(
      String name, Inputs inputs, Bare bare, Duration phase, LongSupplier nanoTime) {
    BooleanSupplier verification = () -> inputs.verdict() instanceof Verdict.Accepted;
    times(verification, phase.dividedBy(2), nanoTime);
    List<Duration> verified = times(verification, phase, nanoTime);
    times(bare.check(), phase.dividedBy(4), nanoTime);
    List<Duration> checked = times(bare.check(), phase, nanoTime);
    return new Kind(
        name, perSecond(verified), Latency.of(verified), bare.signatures(), perSecond(checked));
  }

  private static List<Duration> times(BooleanSupplier work, Duration limit, LongSupplier nanoTime) {
    List<Duration> times = new ArrayList<>();
    long end = nanoTime.getAsLong() + limit.toNanos();
    do {
      long before = nanoTime.getAsLong();
      if (!work.getAsBoolean()) {
        throw new IllegalStateException(NOT_ACCEPTED);
      }
      times.add(Duration.ofNanos(nanoTime.getAsLong() - before));
    } while (nanoTime.getAsLong() < end);
    return times;
  }

  private static double perSecond(List<Duration> times) {
    long total = times.stream().mapToLong(Duration::toNanos).sum();
    return times.size() * NANOS_PER_SECOND / total;
  }

  /// Two of the chain, two revocation lists, the collateral's signers and bodies, the quoting
  /// enclave's report, the quote: all P-256, each as costly as the quote's own.
  private static Bare bare(Inputs inputs) throws Malformed {
    Claims.Tdx claims = (Claims.Tdx) accepted(inputs).claims();
    Collateral.Tdx collateral = (Collateral.Tdx) inputs.collateral();
    boolean oneSigner = collateral.tcbInfoIssuerChain().equals(collateral.qeIdentityIssuerChain());
    int signatures = oneSigner ? 9 : 10;
    var key = Curve.P256.publicKey(claims.attestationKey());
    Bytes quote = inputs.evidence().content();
    Bytes signed = quote.slice(0, claims.signedLength());
    Bytes signature = quote.slice(claims.signedLength() + Integer.BYTES, 64);
    return new Bare(
        signatures,
        () -> {
          boolean all = true;
          for (int i = 0; i < signatures; i++) {
            all &= Curve.P256.verifies(key, signed, signature);
          }
          return all;
        });
  }

  /// Two RSA signatures of the chain and the report's own.
  private static Bare bareReport(Inputs inputs) throws Malformed {
    Collateral.Snp collateral = (Collateral.Snp) inputs.collateral();
    Certificate key = Certificate.of(collateral.endorsementKey());
    Certificate signer = Certificate.of(collateral.signingKey());
    Bytes report = inputs.evidence().content();
    Bytes signed = report.slice(0, 0x2A0);
    Bytes signature =
        report.slice(0x2A0, 48).reversed().concat(report.slice(0x2A0 + 72, 48).reversed());
    return new Bare(
        3,
        () -> {
          boolean all = Curve.P384.verifies(key.key(), signed, signature);
          for (int i = 0; i < 2; i++) {
            all &= key.isIssuedBy(signer, Certificate.RSA_PSS);
          }
          return all;
        });
  }

  static Verdict.Accepted accepted(Inputs inputs) {
    if (inputs.verdict() instanceof Verdict.Accepted accepted) {
      return accepted;
    }
    throw new IllegalStateException(NOT_ACCEPTED);
  }
}
