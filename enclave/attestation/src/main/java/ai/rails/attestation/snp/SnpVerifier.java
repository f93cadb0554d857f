package ai.rails.attestation.snp;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import ai.rails.attestation.certificate.Certificate;
import ai.rails.attestation.certificate.Curve;
import ai.rails.attestation.certificate.KnownRoots;
import ai.rails.attestation.collateral.Collateral;
import ai.rails.attestation.format.Bytes;
import ai.rails.attestation.format.Malformed;
import ai.rails.attestation.verdict.ChipIdentity;
import ai.rails.attestation.verdict.Claims;
import ai.rails.attestation.verdict.Claims.Endorsement;
import ai.rails.attestation.verdict.Claims.TcbParts;
import ai.rails.attestation.verdict.Component;
import ai.rails.attestation.verdict.Reason;
import ai.rails.attestation.verdict.Refused;
import ai.rails.attestation.verdict.Tee;
import ai.rails.attestation.verdict.Trail;
import ai.rails.attestation.verdict.Validity;
import ai.rails.attestation.verdict.Verdict;

/// Verifies one SEV-SNP report; the first check that fails decides. Use
/// [ai.rails.attestation.Verifier].
public final class SnpVerifier {
  private static final int DEBUG_BIT = 19;

  private final Bytes evidence;
  private final Trail trail = new Trail();
  private @Nullable Report report;
  private Optional<Product> product = Optional.empty();
  private Optional<Endorsement> endorsement = Optional.empty();

  private SnpVerifier(Bytes evidence) {
    this.evidence = evidence;
  }

  public static Verdict verify(
      Bytes evidence, Collateral collateral, List<Certificate> roots, Instant at) {
    var verifier = new SnpVerifier(evidence);
    try {
      return verifier.accepted(collateral, List.copyOf(roots), at);
    } catch (Refused refused) {
      return verifier.rejected(refused);
    }
  }

  /// What a report says of its endorsement key, unverified.
  public static Optional<ChipIdentity> chip(Bytes evidence) {
    try {
      Claims.Snp claims = Report.of(evidence).claims();
      int idBytes = claims.product().equals(Optional.of(Product.TURIN.label())) ? 8 : 64;
      return claims
          .product()
          .flatMap(name ->
              claims
                  .reportedTcbParts()
                  .map(tcb ->
                      new ChipIdentity(
                          name, claims.signingKey(), claims.chipId().slice(0, idBytes), tcb)));
    } catch (Malformed e) {
      return Optional.empty();
    }
  }

  private Verdict accepted(Collateral collateral, List<Certificate> roots, Instant at)
      throws Refused {
    Report read = read();
    trail.begin(Component.COLLATERAL, "AMD's certificates are at hand");
    if (!(collateral instanceof Collateral.Snp amd)) {
      throw trail.refused(Reason.COLLATERAL_FORMAT, "collateral of another vendor");
    }
    EndorsementChain chain = EndorsementChain.of(amd, read.claims(), roots, trail);
    product = Optional.of(chain.product());
    endorsement = Optional.of(chain.endorsement());
    chain.requireValid(at, trail);
    Validity validity = chain.revocation(amd.revocations(), at, trail);
    signature(read, chain);
    tcb(read.claims(), chain);
    chip(read.claims(), chain);
    trail.begin(Component.GUEST_POLICY, "the guest can not be debugged");
    trail.require(
        (read.claims().policy() >>> DEBUG_BIT & 1) == 0,
        Reason.DEBUG_POLICY,
        "policy bit 19 is set");
    return new Verdict.Accepted(
        Tee.SEV_SNP,
        claims(read.claims()),
        Optional.empty(),
        validity,
        KnownRoots.domainOf(chain.root()),
        chain.root().sha256(),
        read.whole().sha256(),
        collateral.sha256(),
        trail.checks());
  }

  private Verdict rejected(Refused refused) {
    Report read = report;
    return new Verdict.Rejected(
        Tee.SEV_SNP,
        refused.reason(),
        refused.component(),
        refused.detail(),
        Optional.ofNullable(read).map(Report::claims).map(this::claims),
        read == null ? evidence.sha256() : read.whole().sha256(),
        trail.checks());
  }

  private Report read() throws Refused {
    trail.begin(Component.REPORT, "a well-formed SEV-SNP report of version 2 to 5");
    try {
      Report read = Report.of(evidence);
      report = read;
      return read;
    } catch (Malformed e) {
      throw trail.refused(Reason.REPORT_FORMAT, String.valueOf(e.getMessage()));
    }
  }

  private void signature(Report read, EndorsementChain chain) throws Refused {
    trail.begin(Component.REPORT, "signed by the endorsement key");
    trail.require(
        read.signature()
            .filter(each -> Curve.P384.verifies(chain.key().key(), read.signed(), each))
            .isPresent(),
        Reason.REPORT_SIGNATURE,
        "the signature does not verify");
  }

  private void tcb(Claims.Snp claims, EndorsementChain chain) throws Refused {
    trail.begin(Component.ENDORSEMENT_KEY, "derived for the TCB that the report states");
    TcbParts derived = chain.endorsement().tcb();
    Optional<TcbParts> reported = claims(claims).reportedTcbParts();
    trail.require(
        reported.equals(Optional.of(derived)),
        Reason.TCB_MISMATCH,
        "the report states %s, the key was derived for %s"
            .formatted(reported.map(SnpVerifier::text).orElse("nothing"), text(derived)));
  }

  private static String text(TcbParts tcb) {
    String rest =
        "boot loader %d, TEE %d, SNP %d, microcode %d"
            .formatted(tcb.bootLoader(), tcb.tee(), tcb.snp(), tcb.microcode());
    return tcb.firmwareManagement().isPresent()
        ? "FMC %d, %s".formatted(tcb.firmwareManagement().getAsInt(), rest)
        : rest;
  }

  private void chip(Claims.Snp claims, EndorsementChain chain) throws Refused {
    Optional<Bytes> hardwareId = chain.endorsement().hardwareId();
    if (hardwareId.isEmpty()) {
      return;
    }
    trail.begin(Component.ENDORSEMENT_KEY, "belongs to the chip that made the report");
    Bytes id = hardwareId.get();
    Bytes chipId = claims.chipId();
    trail.require(
        chipId.startsWith(id) && chipId.slice(id.length(), chipId.length() - id.length()).isZero(),
        Reason.CHIP_ID_MISMATCH,
        claims.chipIdMasked() ? "the host masks the chip's id" : "another chip");
  }

  /// With what the chain told beyond the report.
  private Claims.Snp claims(Claims.Snp c) {
    return new Claims.Snp(
        c.version(),
        c.guestSvn(),
        c.policy(),
        c.familyId(),
        c.imageId(),
        c.vmpl(),
        c.platformInfo(),
        c.signingKey(),
        c.authorKeyEnabled(),
        c.chipIdMasked(),
        c.reportData(),
        c.measurement(),
        c.hostData(),
        c.idKeyDigest(),
        c.authorKeyDigest(),
        c.reportId(),
        c.chipId(),
        c.currentTcb(),
        c.reportedTcb(),
        c.committedTcb(),
        c.launchTcb(),
        c.cpu(),
        product.map(Product::label).or(c::product),
        endorsement);
  }
}
