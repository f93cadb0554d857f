package ai.rails.attestation.snp;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

import ai.rails.attestation.certificate.Certificate;
import ai.rails.attestation.certificate.Curve;
import ai.rails.attestation.certificate.RevocationList;
import ai.rails.attestation.collateral.Collateral;
import ai.rails.attestation.format.Bytes;
import ai.rails.attestation.format.Malformed;
import ai.rails.attestation.verdict.Claims;
import ai.rails.attestation.verdict.Claims.Endorsement;
import ai.rails.attestation.verdict.Component;
import ai.rails.attestation.verdict.Reason;
import ai.rails.attestation.verdict.Refused;
import ai.rails.attestation.verdict.Trail;
import ai.rails.attestation.verdict.Validity;

/// The chain behind a report, verified: the chip's or provider's key, AMD's signing key, and the
/// configured root of the product.
record EndorsementChain(
    Certificate key,
    Certificate signer,
    Certificate root,
    Product product,
    Endorsement endorsement) {
  static EndorsementChain of(
      Collateral.Snp collateral, Claims.Snp report, List<Certificate> roots, Trail trail)
      throws Refused {
    trail.begin(Component.ENDORSEMENT_CHAIN, "signatures, names and CA flags, up to the root");
    Certificate key = certificate(collateral.endorsementKey(), trail);
    Certificate signer = certificate(collateral.signingKey(), trail);
    Product product =
        Product.of(Certificate.commonName(key.issuer()))
            .orElseThrow(
                () -> trail.refused(Reason.CHAIN_INVALID, "the issuer names no known product"));
    String kind = report.signingKey().name();
    trail.require(
        key.commonName().equals("SEV-" + kind),
        Reason.CHAIN_INVALID,
        "the report is signed by a %s, the certificate is of another key".formatted(kind));
    trail.require(
        report.product().isEmpty() || report.product().get().equals(product.label()),
        Reason.CHAIN_INVALID,
        "the report comes from another product than the endorsement key");
    trail.require(
        signer.commonName().equals(signerName(report.signingKey(), product))
            && signer.isAuthority()
            && key.isIssuedBy(signer, Certificate.RSA_PSS)
            && !key.isCa(),
        Reason.CHAIN_INVALID,
        "the endorsement key is not issued by AMD's signing key of its product");
    Certificate root = root(signer, product, roots, trail);
    trail.require(
        Curve.P384.owns(key.key()), Reason.CHAIN_INVALID, "the endorsement key is not on P-384");
    return new EndorsementChain(key, signer, root, product, endorsement(key, product, trail));
  }

  void requireValid(Instant at, Trail trail) throws Refused {
    trail.begin(Component.ENDORSEMENT_CHAIN, "every certificate is valid at that time");
    for (Certificate each : List.of(key, signer, root)) {
      trail.require(
          !at.isBefore(each.notBefore()),
          Reason.CERT_NOT_YET_VALID,
          "%s: from %s".formatted(each.commonName(), each.notBefore()));
      trail.require(
          !at.isAfter(each.notAfter()),
          Reason.CERT_EXPIRED,
          "%s: until %s".formatted(each.commonName(), each.notAfter()));
    }
  }

  /// AMD supersedes chip keys by TCB instead of revoking them; only its signing keys can be listed.
  Validity revocation(Optional<Bytes> list, Instant at, Trail trail) throws Refused {
    Validity certificates =
        new Validity(key.notBefore(), key.notAfter())
            .and(signer.notBefore(), signer.notAfter())
            .and(root.notBefore(), root.notAfter());
    String what = "AMD's signing key is not revoked";
    if (list.isEmpty()) {
      trail.skipped(Component.REVOCATION, what, "no revocation list at hand");
      return certificates;
    }
    trail.begin(Component.REVOCATION, what);
    RevocationList revocations = revocations(list.get(), trail);
    trail.require(
        !at.isBefore(revocations.thisUpdate()),
        Reason.COLLATERAL_NOT_YET_VALID,
        "from " + revocations.thisUpdate());
    trail.require(
        !at.isAfter(revocations.nextUpdate()),
        Reason.COLLATERAL_EXPIRED,
        "until " + revocations.nextUpdate());
    trail.require(!revocations.revokes(signer), Reason.CA_REVOKED, signer.commonName());
    return certificates.and(revocations.thisUpdate(), revocations.nextUpdate());
  }

  private RevocationList revocations(Bytes der, Trail trail) throws Refused {
    try {
      RevocationList revocations = RevocationList.of(der);
      trail.require(
          revocations.isIssuedBy(root, Certificate.RSA_PSS),
          Reason.CRL_INVALID,
          "not issued and signed by " + root.commonName());
      return revocations;
    } catch (Malformed e) {
      throw trail.refused(Reason.CRL_INVALID, String.valueOf(e.getMessage()));
    }
  }

  private static String signerName(Claims.SigningKey kind, Product product) {
    return switch (kind) {
      case VCEK -> "SEV-" + product.label();
      case VLEK -> "SEV-VLEK-" + product.label();
    };
  }

  private static Certificate root(
      Certificate signer, Product product, List<Certificate> roots, Trail trail) throws Refused {
    List<Certificate> named =
        roots.stream().filter(each -> each.commonName().equals(product.rootName())).toList();
    trail.require(
        !named.isEmpty(),
        Reason.UNTRUSTED_ROOT,
        "no root %s is configured".formatted(product.rootName()));
    return named.stream()
        .filter(each -> each.isAuthority() && signer.isIssuedBy(each, Certificate.RSA_PSS))
        .findFirst()
        .orElseThrow(() ->
            trail.refused(
                Reason.CHAIN_INVALID, "AMD's signing key is not issued by the configured root"));
  }

  private static Certificate certificate(Bytes der, Trail trail) throws Refused {
    try {
      return Certificate.of(der);
    } catch (Malformed e) {
      throw trail.refused(Reason.CHAIN_INVALID, String.valueOf(e.getMessage()));
    }
  }

  private static Endorsement endorsement(Certificate key, Product product, Trail trail)
      throws Refused {
    trail.begin(Component.ENDORSEMENT_KEY, "carries AMD's extensions");
    try {
      Endorsement endorsement = EndorsementExtensions.of(key);
      boolean ofChip = key.commonName().equals("SEV-VCEK");
      int idBytes = product == Product.TURIN ? 8 : 64;
      trail.require(
          ofChip
              ? endorsement.hardwareId().filter(id -> id.length() == idBytes).isPresent()
              : endorsement.provider().isPresent() && endorsement.hardwareId().isEmpty(),
          Reason.CHAIN_INVALID,
          "a VCEK names a chip of its product, a VLEK a provider");
      trail.require(
          endorsement.tcb().firmwareManagement().isPresent() == (product == Product.TURIN),
          Reason.CHAIN_INVALID,
          "the firmware management version belongs to Turin, and to Turin only");
      return endorsement;
    } catch (Malformed e) {
      throw trail.refused(Reason.CHAIN_INVALID, String.valueOf(e.getMessage()));
    }
  }
}
