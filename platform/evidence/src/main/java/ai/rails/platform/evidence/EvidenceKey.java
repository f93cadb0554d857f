package ai.rails.platform.evidence;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.List;

/// A signing key that is held in memory, from a PEM file of the installation. Thread-safe.
public final class EvidenceKey implements EvidenceSigner {
  private static final String PRIVATE = "PRIVATE KEY";

  private final PrivateKey key;
  private final ECPublicKey publicKey;

  private EvidenceKey(PrivateKey key, ECPublicKey publicKey) {
    this.key = key;
    this.publicKey = publicKey;
  }

  public static EvidenceKey generate(SecureRandom random) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), random);
      KeyPair pair = generator.generateKeyPair();
      return new EvidenceKey(pair.getPrivate(), (ECPublicKey) pair.getPublic());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no P-256", e);
    }
  }

  /// Reads what [#pem()] wrote.
  ///
  /// @throws IllegalArgumentException if it is no such key; the message does not quote it
  public static EvidenceKey parse(String pem) {
    List<byte[]> keys = Pem.parse(PRIVATE, pem);
    List<ECPublicKey> publicKeys = PublicKeys.parse(pem);
    if (keys.size() != 1 || publicKeys.size() != 1) {
      throw new IllegalArgumentException(
          "an evidence key's file has one PRIVATE KEY and one PUBLIC KEY, in PEM");
    }
    try {
      PrivateKey key =
          KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(keys.getFirst()));
      var pair = new EvidenceKey(key, publicKeys.getFirst());
      byte[] probe = {1};
      if (!PublicKeys.verifies(pair.publicKey, probe, pair.sign(probe))) {
        throw new IllegalArgumentException("the private and the public key are not a pair");
      }
      return pair;
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException("the private key is no P-256 key", e);
    }
  }

  /// Both keys in PEM: a secret.
  public String pem() {
    return Pem.write(PRIVATE, key.getEncoded()) + PublicKeys.pem(publicKey);
  }

  @Override
  public ECPublicKey publicKey() {
    return publicKey;
  }

  @Override
  public byte[] sign(byte[] message) {
    try {
      Signature signature = Signature.getInstance(PublicKeys.ALGORITHM);
      signature.initSign(key);
      signature.update(message);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("signing failed", e);
    }
  }
}
