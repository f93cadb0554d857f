package ai.rails.domain.gate;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.util.Base64;
import java.util.List;

/// An authenticator in memory that signs whatever it is asked to, and lies when it is told to.
///
/// @param flags of the authenticator data: 1 user present, 4 user verified
public record SoftPasskey(KeyPair keys, String relyingParty, String origin, int flags) {
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  /// An honest one.
  ///
  /// @param curve `secp256r1` or `Ed25519`
  public static SoftPasskey of(String curve) {
    try {
      KeyPairGenerator generator =
          KeyPairGenerator.getInstance(curve.equals("Ed25519") ? "Ed25519" : "EC");
      if (!curve.equals("Ed25519")) {
        generator.initialize(new ECGenParameterSpec(curve));
      }
      return new SoftPasskey(
          generator.generateKeyPair(), "rails.test", "https://console.rails.test", 5);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  public SoftPasskey at(String otherOrigin) {
    return new SoftPasskey(keys, relyingParty, otherOrigin, flags);
  }

  public SoftPasskey of(String party, int otherFlags) {
    return new SoftPasskey(keys, party, origin, otherFlags);
  }

  /// The approval of these calls by `approver`.
  public PasskeySignature approve(
      String tenant, String approver, String nonce, List<String> digests) {
    byte[] challenge = PasskeySignature.challenge(tenant, approver, nonce, digests);
    String client =
        "{\"type\":\"webauthn.get\",\"challenge\":\"%s\",\"origin\":\"%s\",\"crossOrigin\":false}"
            .formatted(BASE64.encodeToString(challenge), origin);
    return signed(client, nonce, digests);
  }

  /// Whatever the client data says.
  public PasskeySignature signed(String client, String nonce, List<String> digests) {
    try {
      byte[] json = client.getBytes(StandardCharsets.UTF_8);
      byte[] data =
          ByteBuffer.allocate(37)
              .put(sha256(relyingParty.getBytes(StandardCharsets.UTF_8)))
              .put((byte) flags)
              .putInt(1)
              .array();
      Signature signer =
          Signature.getInstance(
              keys.getPrivate().getAlgorithm().startsWith("Ed") ? "Ed25519" : "SHA256withECDSA");
      signer.initSign(keys.getPrivate());
      signer.update(data);
      signer.update(sha256(json));
      return new PasskeySignature(
          "Y3JlZGVudGlhbA",
          BASE64.encodeToString(keys.getPublic().getEncoded()),
          relyingParty,
          origin,
          nonce,
          digests,
          BASE64.encodeToString(data),
          BASE64.encodeToString(json),
          BASE64.encodeToString(signer.sign()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] sha256(byte[] bytes) throws GeneralSecurityException {
    return MessageDigest.getInstance("SHA-256").digest(bytes);
  }
}
