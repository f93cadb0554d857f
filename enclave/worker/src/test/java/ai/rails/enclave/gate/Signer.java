package ai.rails.enclave.gate;

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

import ai.rails.domain.gate.PasskeySignature;
import ai.rails.domain.ledger.Sha256;
import ai.rails.domain.tenant.PersonEvent.PasskeyDecisioned;
import ai.rails.domain.tenant.PersonEvent.PasskeyRegistered;
import ai.rails.domain.tenant.PersonEvent.PasskeyRemoved;
import ai.rails.schema.worker.WorkerProtocol.SignedApproval;

/// A person with a passkey in memory.
public record Signer(String tenant, String person, String name, KeyPair keys) {
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();
  private static final String PARTY = "rails.test";
  private static final String ORIGIN = "https://console.rails.test";
  private static final byte PRESENT_AND_VERIFIED = 0x05;

  public static Signer of(String tenant, String person) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return new Signer(tenant, person, "key of " + person, generator.generateKeyPair());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /// The same authenticator in another person's hands.
  Signer as(String another) {
    return new Signer(tenant, another, name, keys);
  }

  private byte[] credential() {
    return name.getBytes(StandardCharsets.UTF_8);
  }

  public PasskeyRegistered registered(boolean active) {
    return new PasskeyRegistered(
        person,
        Sha256.hex(credential()),
        BASE64.encodeToString(credential()),
        BASE64.encodeToString(keys.getPublic().getEncoded()),
        true,
        active);
  }

  public PasskeyDecisioned decided(boolean accepted, String by) {
    return new PasskeyDecisioned(person, Sha256.hex(credential()), accepted, by);
  }

  public PasskeyRemoved removed() {
    return new PasskeyRemoved(person, Sha256.hex(credential()), person);
  }

  /// His approval of a call.
  public SignedApproval approve(String digest) {
    String nonce = BASE64.encodeToString(new byte[32]);
    byte[] challenge = PasskeySignature.challenge(tenant, person, nonce, List.of(digest));
    byte[] client =
        "{\"type\":\"webauthn.get\",\"challenge\":\"%s\",\"origin\":\"%s\",\"crossOrigin\":false}"
            .formatted(BASE64.encodeToString(challenge), ORIGIN)
            .getBytes(StandardCharsets.UTF_8);
    try {
      byte[] data =
          ByteBuffer.allocate(37)
              .put(sha256(PARTY.getBytes(StandardCharsets.UTF_8)))
              .put(PRESENT_AND_VERIFIED)
              .putInt(1)
              .array();
      Signature signer = Signature.getInstance("SHA256withECDSA");
      signer.initSign(keys.getPrivate());
      signer.update(data);
      signer.update(sha256(client));
      return new SignedApproval(
          person,
          new PasskeySignature(
              BASE64.encodeToString(credential()),
              BASE64.encodeToString(keys.getPublic().getEncoded()),
              PARTY,
              ORIGIN,
              nonce,
              List.of(digest),
              BASE64.encodeToString(data),
              BASE64.encodeToString(client),
              BASE64.encodeToString(signer.sign())));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] sha256(byte[] bytes) throws GeneralSecurityException {
    return MessageDigest.getInstance("SHA-256").digest(bytes);
  }
}
