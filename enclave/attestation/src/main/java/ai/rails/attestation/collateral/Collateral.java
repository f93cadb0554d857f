package ai.rails.attestation.collateral;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import ai.rails.attestation.format.Bytes;
import ai.rails.attestation.format.Malformed;
import ai.rails.attestation.verdict.Tee;

/// What evidence is judged with. Everything in it is signed by the vendor, so it may come from
/// anywhere; which set is used is the caller's choice. Not looked into before a verification.
public sealed interface Collateral {
  /// The parts in an order that never changes.
  List<Bytes> parts();

  /// One digest over all parts, to archive with a verdict.
  default Bytes sha256() {
    MessageDigest digest = Bytes.digest("SHA-256");
    for (Bytes part : parts()) {
      digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(part.length()).flip());
      part.updateInto(digest);
    }
    return Bytes.copyOf(digest.digest());
  }

  /// Collateral again from its parts, as [#parts()] gave them.
  ///
  /// @throws Malformed unless there are as many parts as its kind has
  static Collateral of(Tee tee, List<Bytes> parts) throws Malformed {
    if (tee == Tee.TDX && parts.size() == 6) {
      return new Tdx(
          parts.get(0), parts.get(1), parts.get(2), parts.get(3), parts.get(4), parts.get(5));
    }
    if (tee == Tee.SEV_SNP && (parts.size() == 2 || parts.size() == 3)) {
      return new Snp(parts.get(0), parts.get(1), parts.stream().skip(2).findFirst());
    }
    throw new Malformed("%d parts are no collateral of %s".formatted(parts.size(), tee.label()));
  }

  /// Intel's, for one platform family, as the provisioning certification service sends it.
  ///
  /// @param tcbInfo JSON with its signature
  /// @param tcbInfoIssuerChain PEM: TCB signing certificate, root
  /// @param qeIdentity JSON with its signature
  /// @param qeIdentityIssuerChain PEM: TCB signing certificate, root
  /// @param pckRevocations DER, by the CA of the PCK certificate
  /// @param rootRevocations DER, by the root
  record Tdx(
      Bytes tcbInfo,
      Bytes tcbInfoIssuerChain,
      Bytes qeIdentity,
      Bytes qeIdentityIssuerChain,
      Bytes pckRevocations,
      Bytes rootRevocations)
      implements Collateral {
    @Override
    public List<Bytes> parts() {
      return List.of(
          tcbInfo,
          tcbInfoIssuerChain,
          qeIdentity,
          qeIdentityIssuerChain,
          pckRevocations,
          rootRevocations);
    }
  }

  /// AMD's, for one chip or one provider, as the key distribution service sends it.
  ///
  /// @param endorsementKey DER: the VCEK or VLEK certificate
  /// @param signingKey DER: the ASK, or the ASVK of a VLEK
  /// @param revocations DER, by the ARK; without it revocation is not looked at and the verdict
  ///   says so
  record Snp(Bytes endorsementKey, Bytes signingKey, Optional<Bytes> revocations)
      implements Collateral {
    @Override
    public List<Bytes> parts() {
      return Stream.concat(Stream.of(endorsementKey, signingKey), revocations.stream()).toList();
    }
  }
}
