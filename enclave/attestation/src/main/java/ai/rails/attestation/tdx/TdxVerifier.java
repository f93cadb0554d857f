package ai.rails.attestation.tdx;

import java.time.Instant;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import ai.rails.attestation.certificate.Certificate;
import ai.rails.attestation.certificate.Curve;
import ai.rails.attestation.certificate.KnownRoots;
import ai.rails.attestation.collateral.Collateral;
import ai.rails.attestation.collateral.QeIdentity;
import ai.rails.attestation.collateral.TcbInfo;
import ai.rails.attestation.format.Bytes;
import ai.rails.attestation.format.Malformed;
import ai.rails.attestation.verdict.Component;
import ai.rails.attestation.verdict.PckIdentity;
import ai.rails.attestation.verdict.QeReport;
import ai.rails.attestation.verdict.Reason;
import ai.rails.attestation.verdict.Refused;
import ai.rails.attestation.verdict.TcbStanding;
import ai.rails.attestation.verdict.TcbStatus;
import ai.rails.attestation.verdict.TdReport;
import ai.rails.attestation.verdict.Tee;
import ai.rails.attestation.verdict.Trail;
import ai.rails.attestation.verdict.Verdict;

/// Verifies one TDX quote in Intel's order; the first check that fails decides. Use
/// [ai.rails.attestation.Verifier].
public final class TdxVerifier {
  private static final int MODULE_MAJOR = 1;
  private static final long UNTRUSTED = 0xFF;

  private final Bytes evidence;
  private final List<Certificate> roots;
  private final Trail trail = new Trail();
  private @Nullable Quote quote;
  private @Nullable PckChain chain;

  private TdxVerifier(Bytes evidence, List<Certificate> roots) {
    this.evidence = evidence;
    this.roots = List.copyOf(roots);
  }

  public static Verdict verify(
      Bytes evidence, Collateral collateral, List<Certificate> roots, Instant at) {
    var verifier = new TdxVerifier(evidence, roots);
    try {
      return verifier.accepted(collateral, at);
    } catch (Refused refused) {
      return verifier.rejected(refused);
    }
  }

  /// What can be said of a quote without collateral: it is well formed, its chain ends in a
  /// configured root and its three signatures hold. Says nothing about revocation or currency, so
  /// it is a diagnosis and no verdict. Returns the refusal, or nothing.
  public static Optional<Verdict.Rejected> signatures(Bytes evidence, List<Certificate> roots) {
    var verifier = new TdxVerifier(evidence, roots);
    try {
      Quote read = verifier.read();
      PckChain verified = PckChain.of(read.chain(), verifier.roots, verifier.trail);
      verifier.quotingEnclaveSignature(read, verified);
      verifier.attestationKey(read);
      verifier.quoteSignature(read);
      return Optional.empty();
    } catch (Refused refused) {
      return Optional.of(verifier.rejected(refused));
    }
  }

  /// The platform that the quote's certificates name, if they lead to a configured root.
  public static Optional<PckIdentity> platform(Bytes evidence, List<Certificate> roots) {
    var verifier = new TdxVerifier(evidence, roots);
    try {
      return Optional.of(
          PckChain.of(verifier.read().chain(), verifier.roots, verifier.trail).identity());
    } catch (Refused refused) {
      return Optional.empty();
    }
  }

  /// The last certificate that the quote brings along, whoever issued it.
  public static Optional<Bytes> ownRoot(Bytes evidence) {
    try {
      return Optional.of(Certificate.ofPem(Quote.of(evidence).chain()).getLast().der());
    } catch (Malformed | IndexOutOfBoundsException | NoSuchElementException e) {
      return Optional.empty();
    }
  }

  private Verdict accepted(Collateral collateral, Instant at) throws Refused {
    Quote read = read();
    PckChain verified = PckChain.of(read.chain(), roots, trail);
    chain = verified;
    verified.requireValid(at, trail);
    trail.begin(Component.COLLATERAL, "Intel's collateral is at hand");
    if (!(collateral instanceof Collateral.Tdx intel)) {
      throw trail.refused(Reason.COLLATERAL_FORMAT, "collateral of another vendor");
    }
    CollateralCheck.Held held = new CollateralCheck(intel, verified, at, trail).held();
    module(read.report(), held.info());
    quotingEnclaveSignature(read, verified);
    attestationKey(read);
    quotingEnclave(read.quotingEnclave(), held.identity());
    quoteSignature(read);
    TcbStanding standing = standing(read, verified, held);
    debug(read.report());
    return new Verdict.Accepted(
        Tee.TDX,
        read.claims(Optional.of(verified.identity())),
        Optional.of(standing),
        held.validity(),
        KnownRoots.domainOf(verified.root()),
        verified.root().sha256(),
        read.whole().sha256(),
        collateral.sha256(),
        trail.checks());
  }

  private Verdict.Rejected rejected(Refused refused) {
    Quote read = quote;
    return new Verdict.Rejected(
        Tee.TDX,
        refused.reason(),
        refused.component(),
        refused.detail(),
        Optional.ofNullable(read)
            .map(each -> each.claims(Optional.ofNullable(chain).map(PckChain::identity))),
        read == null ? evidence.sha256() : read.whole().sha256(),
        trail.checks());
  }

  private Quote read() throws Refused {
    trail.begin(Component.QUOTE, "a well-formed TDX quote of version 4 or 5");
    try {
      Quote read = Quote.of(evidence);
      quote = read;
      return read;
    } catch (Malformed e) {
      throw trail.refused(Reason.QUOTE_FORMAT, String.valueOf(e.getMessage()));
    }
  }

  private void module(TdReport report, TcbInfo info) throws Refused {
    trail.begin(Component.TDX_MODULE, "the TDX module is one that Intel describes");
    int major = report.teeTcbSvn().at(MODULE_MAJOR);
    TcbInfo.ModuleIdentity identity =
        major == 0
            ? info.module()
            : info.moduleOf(major)
                .orElseThrow(() ->
                    trail.refused(
                        Reason.TDX_MODULE_MISMATCH,
                        "no identity for TDX modules of version %d".formatted(major)));
    trail.require(
        report.mrSignerSeam().equals(identity.mrSigner()),
        Reason.TDX_MODULE_MISMATCH,
        "the module has another signer");
    trail.require(
        report.seamAttributes().isZero()
            && report.seamAttributes().and(identity.attributesMask()).equals(identity.attributes()),
        Reason.TDX_MODULE_MISMATCH,
        "the module has other attributes");
  }

  private void quotingEnclaveSignature(Quote read, PckChain verified) throws Refused {
    trail.begin(Component.QE_REPORT, "signed by the platform's PCK key");
    trail.require(
        Curve.P256.owns(verified.leaf().key())
            && Curve.P256.verifies(
                verified.leaf().key(), read.quotingEnclaveReport(), read.quotingEnclaveSignature()),
        Reason.QE_REPORT_SIGNATURE,
        "the signature does not verify");
  }

  private void attestationKey(Quote read) throws Refused {
    trail.begin(Component.QE_REPORT, "vouches for the attestation key");
    var digest = Bytes.digest("SHA-256");
    read.attestationKey().updateInto(digest);
    read.authenticationData().updateInto(digest);
    Bytes reportData = read.quotingEnclave().reportData();
    trail.require(
        reportData.slice(0, 32).equals(Bytes.copyOf(digest.digest()))
            && reportData.slice(32, 32).isZero(),
        Reason.QE_REPORT_DATA,
        "the report names another attestation key");
  }

  private void quotingEnclave(QeReport report, QeIdentity identity) throws Refused {
    trail.begin(Component.QE_REPORT, "comes from the TD quoting enclave that Intel describes");
    trail.require(
        report.miscSelect().and(identity.miscSelectMask()).equals(identity.miscSelect()),
        Reason.QE_IDENTITY_MISMATCH,
        "MISCSELECT differs");
    trail.require(
        report.attributes().and(identity.attributesMask()).equals(identity.attributes())
            && (report.attributes().at(0) & 2) == 0,
        Reason.QE_IDENTITY_MISMATCH,
        "ATTRIBUTES differ, or the enclave can be debugged");
    trail.require(
        report.mrSigner().equals(identity.mrSigner()),
        Reason.QE_IDENTITY_MISMATCH,
        "MRSIGNER differs");
    trail.require(
        report.isvProdId() == identity.isvProdId(),
        Reason.QE_IDENTITY_MISMATCH,
        "ISVPRODID differs");
  }

  private void quoteSignature(Quote read) throws Refused {
    trail.begin(Component.QUOTE, "signed by the attestation key");
    trail.require(
        Curve.P256.verifies(read.attestationPublicKey(), read.signed(), read.signature()),
        Reason.QUOTE_SIGNATURE,
        "the signature does not verify");
  }

  private TcbStanding standing(Quote read, PckChain verified, CollateralCheck.Held held)
      throws Refused {
    trail.begin(Component.TCB, "reaches a published TCB level that is not revoked");
    var evaluation =
        new Evaluation(
            held.info(), held.identity(), verified.identity(), read.quotingEnclave().isvSvn());
    Evaluation.Levels launch = levels(evaluation.of(read.report().teeTcbSvn()), "launch");
    Optional<TcbStatus> current = Optional.empty();
    if (read.report().teeTcbSvn2().isPresent()) {
      Bytes now = read.report().teeTcbSvn2().get();
      current = Optional.of(levels(evaluation.of(now), "current").status());
    }
    TcbStatus status =
        current.map(now -> Evaluation.relaunched(launch.status(), now)).orElseGet(launch::status);
    return launch.standing(status, current, held.info().evaluationDataNumber());
  }

  private Evaluation.Levels levels(Evaluation.Result result, String when) throws Refused {
    return switch (result) {
      case Evaluation.Result.Unsupported(Evaluation.Missing missing) ->
          throw trail.refused(
              Reason.TCB_NOT_SUPPORTED,
              "%s: the %s is below every published level".formatted(when, missing.label()));
      case Evaluation.Result.Found(Evaluation.Levels levels) -> {
        trail.require(
            levels.status() != TcbStatus.REVOKED,
            Reason.TCB_REVOKED,
            when + ": Intel revoked the level");
        yield levels;
      }
    };
  }

  private void debug(TdReport report) throws Refused {
    trail.begin(Component.TD_REPORT, "the TD can not be debugged or profiled");
    trail.require(
        (report.tdAttributes().at(0) & UNTRUSTED) == 0,
        Reason.TD_DEBUG,
        "TDATTRIBUTES " + report.tdAttributes());
  }
}
