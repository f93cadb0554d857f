package ai.rails.connector;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/// A publisher's Ed25519 signature over the text of a manifest's digest. The digest covers all of
/// the manifest but the signature.
public final class ManifestSignature {
  private static final byte[] X509_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");
  private static final int RAW_KEY = 32;

  private ManifestSignature() {}

  /// The manifest with a signature in the place of any it had, indented.
  ///
  /// @throws IllegalArgumentException if it is no manifest
  public static byte[] sign(byte[] manifest, String keyId, PrivateKey key)
      throws GeneralSecurityException {
    try {
      String digest = Connectors.read(manifest).digest();
      Signature signer = Signature.getInstance("Ed25519");
      signer.initSign(key);
      signer.update(digest.getBytes(StandardCharsets.UTF_8));
      ObjectNode signed = (ObjectNode) ManifestJson.tree(manifest);
      signed
          .putObject("signature")
          .put("keyId", keyId)
          .put("value", Base64.getEncoder().encodeToString(signer.sign()));
      return ManifestJson.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(signed);
    } catch (IOException e) {
      throw new IllegalArgumentException("not a connector's manifest: " + e.getMessage(), e);
    }
  }

  /// @param publishers key id to raw public key
  /// @throws IllegalArgumentException saying why the signature is not believed
  static void verify(byte[] manifest, String digest, Map<String, byte[]> publishers) {
    try {
      JsonNode signature = ManifestJson.tree(manifest).path("signature");
      if (!signature.isObject()) {
        throw new IllegalArgumentException("it is not signed; sign it with: rails connector sign");
      }
      byte[] raw = publishers.get(signature.path("keyId").asText());
      if (raw == null) {
        throw new IllegalArgumentException(
            "its signer %s is no publisher here".formatted(signature.path("keyId").asText()));
      }
      Signature verifier = Signature.getInstance("Ed25519");
      verifier.initVerify(publicKey(raw));
      verifier.update(digest.getBytes(StandardCharsets.UTF_8));
      if (!verifier.verify(Base64.getDecoder().decode(signature.path("value").asText()))) {
        throw new IllegalArgumentException("its signature is not over these bytes");
      }
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalArgumentException("its signature can not be read: " + e.getMessage(), e);
    }
  }

  /// The 32 bytes of a public key.
  public static byte[] raw(PublicKey key) {
    byte[] encoded = key.getEncoded();
    return Arrays.copyOfRange(encoded, encoded.length - RAW_KEY, encoded.length);
  }

  private static PublicKey publicKey(byte[] raw) throws GeneralSecurityException {
    byte[] encoded = Arrays.copyOf(X509_PREFIX, X509_PREFIX.length + raw.length);
    System.arraycopy(raw, 0, encoded, X509_PREFIX.length, raw.length);
    return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
  }
}
