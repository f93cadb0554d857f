package ai.rails.attestation.tdx;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

import ai.rails.attestation.certificate.Certificate;
import ai.rails.attestation.format.Bytes;
import ai.rails.attestation.format.Malformed;
import ai.rails.attestation.verdict.Component;
import ai.rails.attestation.verdict.PckIdentity;
import ai.rails.attestation.verdict.Reason;
import ai.rails.attestation.verdict.Refused;
import ai.rails.attestation.verdict.Trail;

/// The chain inside a quote, verified: platform key, Intel's CA, and the configured root itself,
/// not the copy that came along.
record PckChain(Certificate leaf, Certificate authority, Certificate root, PckIdentity identity) {
  private static final int CERTIFICATES = 3;

  static PckChain of(Bytes pem, List<Certificate> roots, Trail trail) throws Refused {
    trail.begin(Component.PCK_CHAIN, "three certificates, the last one a configured root");
    List<Certificate> chain = certificates(pem, trail);
    Certificate root =
        anchor(chain.getLast(), roots)
            .orElseThrow(() ->
                trail.refused(
                    Reason.UNTRUSTED_ROOT, "the chain ends in a root that is not configured"));
    Certificate authority = chain.get(1);
    Certificate leaf = chain.getFirst();
    trail.begin(Component.PCK_CHAIN, "signatures, names and CA flags");
    trail.require(
        authority.isIssuedBy(root, Certificate.ECDSA_SHA256) && authority.isAuthority(),
        Reason.PCK_CHAIN_INVALID,
        "the intermediate is no CA that the root issued");
    trail.require(
        leaf.isIssuedBy(authority, Certificate.ECDSA_SHA256) && !leaf.isCa(),
        Reason.PCK_CHAIN_INVALID,
        "the leaf is not issued by the intermediate, or is a CA itself");
    return new PckChain(leaf, authority, root, identity(leaf, trail));
  }

  /// The configured root with a certificate's key and name.
  static Optional<Certificate> anchor(Certificate offered, List<Certificate> roots) {
    return roots.stream().filter(offered::holdsSameKeyAndName).findFirst();
  }

  void requireValid(Instant at, Trail trail) throws Refused {
    trail.begin(Component.PCK_CHAIN, "every certificate is valid at that time");
    for (Certificate each : List.of(leaf, authority, root)) {
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

  private static List<Certificate> certificates(Bytes pem, Trail trail) throws Refused {
    try {
      List<Certificate> chain = Certificate.ofPem(pem);
      trail.require(
          chain.size() == CERTIFICATES,
          Reason.PCK_CHAIN_INVALID,
          "%d certificates where 3 belong".formatted(chain.size()));
      return chain;
    } catch (Malformed e) {
      throw trail.refused(Reason.PCK_CHAIN_INVALID, String.valueOf(e.getMessage()));
    }
  }

  private static PckIdentity identity(Certificate leaf, Trail trail) throws Refused {
    trail.begin(Component.PCK_CERTIFICATE, "the leaf is a PCK certificate with its SGX extension");
    trail.require(
        leaf.commonName().contains("SGX PCK Certificate"),
        Reason.PCK_CERT_INVALID,
        "the leaf's name is not that of a PCK certificate");
    try {
      return SgxExtension.of(leaf);
    } catch (Malformed e) {
      throw trail.refused(Reason.PCK_CERT_INVALID, String.valueOf(e.getMessage()));
    }
  }
}
