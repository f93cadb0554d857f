package ai.rails.attestation.tdx;

import java.time.Instant;
import java.util.List;

import ai.rails.attestation.certificate.Certificate;
import ai.rails.attestation.certificate.RevocationList;
import ai.rails.attestation.collateral.Collateral;
import ai.rails.attestation.collateral.QeIdentity;
import ai.rails.attestation.collateral.SignedBody;
import ai.rails.attestation.collateral.TcbInfo;
import ai.rails.attestation.format.Bytes;
import ai.rails.attestation.format.Json;
import ai.rails.attestation.format.Malformed;
import ai.rails.attestation.verdict.Component;
import ai.rails.attestation.verdict.Reason;
import ai.rails.attestation.verdict.Refused;
import ai.rails.attestation.verdict.Trail;
import ai.rails.attestation.verdict.Validity;

/// Verifies Intel's collateral against a PCK chain: revocation, signers, signatures, dates, and
/// that it speaks of this platform. One owner, one thread.
final class CollateralCheck {
  /// Collateral that holds.
  record Held(TcbInfo info, QeIdentity identity, Validity validity) {}

  private final Collateral.Tdx collateral;
  private final PckChain chain;
  private final Instant at;
  private final Trail trail;

  CollateralCheck(Collateral.Tdx collateral, PckChain chain, Instant at, Trail trail) {
    this.collateral = collateral;
    this.chain = chain;
    this.at = at;
    this.trail = trail;
  }

  Held held() throws Refused {
    trail.begin(Component.REVOCATION, "both revocation lists are signed by their CAs");
    RevocationList ofRoot = revocations(collateral.rootRevocations(), chain.root());
    RevocationList ofAuthority = revocations(collateral.pckRevocations(), chain.authority());
    trail.begin(Component.REVOCATION, "both revocation lists are current");
    requireWindow("root revocation list", ofRoot.thisUpdate(), ofRoot.nextUpdate());
    requireWindow("PCK revocation list", ofAuthority.thisUpdate(), ofAuthority.nextUpdate());
    trail.begin(Component.REVOCATION, "neither the PCK certificate nor its CA is revoked");
    trail.require(
        !ofRoot.revokes(chain.authority()), Reason.PCK_CA_REVOKED, chain.authority().commonName());
    trail.require(
        !ofAuthority.revokes(chain.leaf()),
        Reason.PCK_REVOKED,
        "serial " + chain.identity().serial());
    Certificate tcbSigner = signer(Component.TCB_INFO, collateral.tcbInfoIssuerChain(), ofRoot);
    Certificate qeSigner =
        collateral.qeIdentityIssuerChain().equals(collateral.tcbInfoIssuerChain())
            ? tcbSigner
            : signer(Component.QE_IDENTITY, collateral.qeIdentityIssuerChain(), ofRoot);
    Json.Members info =
        signed(
            Component.TCB_INFO,
            collateral.tcbInfo(),
            "tcbInfo",
            tcbSigner,
            Reason.TCB_INFO_SIGNATURE);
    Json.Members identity =
        signed(
            Component.QE_IDENTITY,
            collateral.qeIdentity(),
            "enclaveIdentity",
            qeSigner,
            Reason.QE_IDENTITY_SIGNATURE);
    Validity validity =
        dates(info, identity)
            .and(ofRoot.thisUpdate(), ofRoot.nextUpdate())
            .and(ofAuthority.thisUpdate(), ofAuthority.nextUpdate())
            .and(tcbSigner.notBefore(), tcbSigner.notAfter())
            .and(qeSigner.notBefore(), qeSigner.notAfter());
    return new Held(info(info), identity(identity), validity);
  }

  private RevocationList revocations(Bytes der, Certificate issuer) throws Refused {
    try {
      RevocationList list = RevocationList.of(der);
      trail.require(
          list.isIssuedBy(issuer, Certificate.ECDSA_SHA256),
          Reason.CRL_INVALID,
          "not issued and signed by " + issuer.commonName());
      return list;
    } catch (Malformed e) {
      throw trail.refused(Reason.CRL_INVALID, String.valueOf(e.getMessage()));
    }
  }

  private Certificate signer(Component component, Bytes pem, RevocationList ofRoot) throws Refused {
    trail.begin(component, "signed by a TCB signing certificate of the same root");
    List<Certificate> certificates = certificates(pem);
    trail.require(
        certificates.size() == 2
            && PckChain.anchor(certificates.getLast(), List.of(chain.root())).isPresent(),
        Reason.COLLATERAL_CHAIN_INVALID,
        "not a signing certificate and the root");
    Certificate signer = certificates.getFirst();
    trail.require(
        signer.commonName().contains("SGX TCB Signing"),
        Reason.COLLATERAL_CHAIN_INVALID,
        "the signer is no TCB signing certificate");
    trail.require(
        signer.isIssuedBy(chain.root(), Certificate.ECDSA_SHA256) && !signer.isCa(),
        Reason.COLLATERAL_CHAIN_INVALID,
        "the signer is not issued by the root");
    trail.require(
        !at.isBefore(signer.notBefore()) && !at.isAfter(signer.notAfter()),
        Reason.COLLATERAL_CHAIN_INVALID,
        "the signer is valid from %s to %s".formatted(signer.notBefore(), signer.notAfter()));
    trail.require(!ofRoot.revokes(signer), Reason.COLLATERAL_SIGNER_REVOKED, signer.commonName());
    return signer;
  }

  private List<Certificate> certificates(Bytes pem) throws Refused {
    try {
      return Certificate.ofPem(pem);
    } catch (Malformed e) {
      throw trail.refused(Reason.COLLATERAL_CHAIN_INVALID, String.valueOf(e.getMessage()));
    }
  }

  private Json.Members signed(
      Component component, Bytes document, String member, Certificate signer, Reason otherwise)
      throws Refused {
    trail.begin(component, "the signature covers the document as sent");
    try {
      SignedBody body = SignedBody.of(document, member);
      trail.require(body.isSignedBy(signer.key()), otherwise, "the signature does not verify");
      return body.members();
    } catch (Malformed e) {
      throw trail.refused(otherwise, String.valueOf(e.getMessage()));
    }
  }

  private Validity dates(Json.Members info, Json.Members identity) throws Refused {
    Validity first = dates(Component.TCB_INFO, info, Reason.TCB_INFO_INVALID);
    Validity second = dates(Component.QE_IDENTITY, identity, Reason.QE_IDENTITY_MISMATCH);
    return first.and(second.from(), second.to());
  }

  private Validity dates(Component component, Json.Members body, Reason unreadable) throws Refused {
    trail.begin(component, "issued before and not superseded at that time");
    try {
      Validity window = new Validity(body.instant("issueDate"), body.instant("nextUpdate"));
      requireWindow(component.label(), window.from(), window.to());
      return window;
    } catch (Malformed e) {
      throw trail.refused(unreadable, String.valueOf(e.getMessage()));
    }
  }

  private void requireWindow(String what, Instant from, Instant to) throws Refused {
    trail.require(!at.isBefore(from), Reason.COLLATERAL_NOT_YET_VALID, what + ": from " + from);
    trail.require(!at.isAfter(to), Reason.COLLATERAL_EXPIRED, what + ": until " + to);
  }

  private TcbInfo info(Json.Members body) throws Refused {
    trail.begin(Component.TCB_INFO, "speaks of this platform family, for TDX");
    try {
      TcbInfo.Subject subject = TcbInfo.Subject.of(body);
      trail.require(
          subject.id().equals("TDX") && subject.version() == 3,
          Reason.TCB_INFO_MISMATCH,
          "not TDX TCB info of version 3");
      trail.require(
          subject.fmspc().equals(chain.identity().fmspc())
              && subject.pceId().equals(chain.identity().pceId()),
          Reason.TCB_INFO_MISMATCH,
          "for FMSPC %s and PCE %s, the platform is %s and %s"
              .formatted(
                  subject.fmspc(),
                  subject.pceId(),
                  chain.identity().fmspc(),
                  chain.identity().pceId()));
      return TcbInfo.of(body);
    } catch (Malformed e) {
      throw trail.refused(Reason.TCB_INFO_INVALID, String.valueOf(e.getMessage()));
    }
  }

  private QeIdentity identity(Json.Members body) throws Refused {
    trail.begin(Component.QE_IDENTITY, "describes the TD quoting enclave");
    try {
      trail.require(
          QeIdentity.isOfTdQuotingEnclave(body),
          Reason.QE_IDENTITY_MISMATCH,
          "not an identity of the TD quoting enclave, version 2");
      return QeIdentity.of(body);
    } catch (Malformed e) {
      throw trail.refused(Reason.QE_IDENTITY_MISMATCH, String.valueOf(e.getMessage()));
    }
  }
}
