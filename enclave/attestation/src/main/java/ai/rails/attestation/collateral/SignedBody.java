package ai.rails.attestation.collateral;

import java.security.PublicKey;

import ai.rails.attestation.certificate.Curve;
import ai.rails.attestation.format.Bytes;
import ai.rails.attestation.format.Json;
import ai.rails.attestation.format.Malformed;

/// Intel's signed JSON: the signature covers the exact bytes of the inner object as they were sent,
/// so those bytes are kept and never written again.
public final class SignedBody {
  private static final int SIGNATURE_BYTES = 64;

  private final Bytes signed;
  private final Bytes signature;
  private final Json.Members members;

  private SignedBody(Bytes signed, Bytes signature, Json.Members members) {
    this.signed = signed;
    this.signature = signature;
    this.members = members;
  }

  /// @param name the member whose value is signed
  public static SignedBody of(Bytes document, String name) throws Malformed {
    Json.Members outer = Json.object(document);
    Json.Members inner = outer.object(name);
    return new SignedBody(
        document.slice(inner.from(), inner.to() - inner.from()),
        outer.hex("signature", SIGNATURE_BYTES),
        inner);
  }

  public boolean isSignedBy(PublicKey key) {
    return Curve.P256.verifies(key, signed, signature);
  }

  /// To be used after [#isSignedBy] only.
  public Json.Members members() {
    return members;
  }
}
