package ai.rails.platform.keys;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;

import com.google.crypto.tink.AccessesPartialKey;
import com.google.crypto.tink.HybridDecrypt;
import com.google.crypto.tink.HybridEncrypt;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.hybrid.HpkeParameters;
import com.google.crypto.tink.hybrid.HpkePrivateKey;
import com.google.crypto.tink.hybrid.HpkePublicKey;
import com.google.crypto.tink.hybrid.HybridConfig;
import com.google.crypto.tink.util.Bytes;
import com.google.crypto.tink.util.SecretBytes;

/// An HPKE key pair (RFC 9180: P-256, HKDF-SHA256, AES-256-GCM) that a person's browser or command
/// line makes for one reveal: the suite that every browser's WebCrypto opens without a library.
/// Sealed bytes are the encapsulated key (65) and the ciphertext with its tag, and nothing before
/// them. Immutable.
public final class RevealKey {
  /// Length of a public key, `04 || x || y`.
  public static final int PUBLIC_BYTES = 65;

  /// Bytes that sealing adds.
  public static final int OVERHEAD = PUBLIC_BYTES + 16;

  private static final HpkeParameters PARAMETERS = parameters();

  private final KeysetHandle handle;

  private RevealKey(KeysetHandle handle) {
    this.handle = handle;
  }

  public static RevealKey generate() throws GeneralSecurityException {
    return new RevealKey(KeysetHandle.generateNew(PARAMETERS, RegistryConfiguration.get()));
  }

  /// Takes a key pair as it is, for vectors.
  ///
  /// @param privateKey the 32 bytes of the scalar
  @AccessesPartialKey
  public static RevealKey of(byte[] publicKey, byte[] privateKey) throws GeneralSecurityException {
    HpkePrivateKey key =
        HpkePrivateKey.create(
            publicHalf(publicKey), SecretBytes.copyFrom(privateKey, InsecureSecretKeyAccess.get()));
    return new RevealKey(
        KeysetHandle.newBuilder()
            .addEntry(KeysetHandle.importKey(key).withRandomId().makePrimary())
            .build());
  }

  @AccessesPartialKey
  public byte[] publicKey() throws GeneralSecurityException {
    return ((HpkePublicKey) handle.getPublicKeysetHandle().getPrimary().getKey())
        .getPublicKeyBytes()
        .toByteArray();
  }

  /// SHA-256 of a public key, lower-case hex: how entries name it.
  ///
  /// @throws GeneralSecurityException if the bytes are no point of the curve
  public static String thumbprint(byte[] publicKey) throws GeneralSecurityException {
    HpkePublicKey _ = publicHalf(publicKey);
    return sha256(publicKey);
  }

  /// What sealed content is bound to: it opens under the same text only.
  ///
  /// @param event the entry's bytes that let it be sealed
  public static String info(
      String tenant, String run, String reveal, String keySha256, byte[] event) {
    return "airails|1|reveal|%s|%s|%s|%s|%s"
        .formatted(tenant, run, reveal, keySha256, sha256(event));
  }

  /// @throws GeneralSecurityException if the key is none
  @AccessesPartialKey
  public static byte[] seal(byte[] publicKey, byte[] plain, String info)
      throws GeneralSecurityException {
    return KeysetHandle.newBuilder()
        .addEntry(KeysetHandle.importKey(publicHalf(publicKey)).withRandomId().makePrimary())
        .build()
        .getPrimitive(RegistryConfiguration.get(), HybridEncrypt.class)
        .encrypt(plain, info.getBytes(StandardCharsets.UTF_8));
  }

  /// @throws GeneralSecurityException if it was sealed to another key or for another reveal
  public byte[] open(byte[] sealed, String info) throws GeneralSecurityException {
    return handle
        .getPrimitive(RegistryConfiguration.get(), HybridDecrypt.class)
        .decrypt(sealed, info.getBytes(StandardCharsets.UTF_8));
  }

  @AccessesPartialKey
  private static HpkePublicKey publicHalf(byte[] publicKey) throws GeneralSecurityException {
    if (publicKey.length != PUBLIC_BYTES) {
      throw new GeneralSecurityException(
          "a P-256 key has %d bytes, this has %d".formatted(PUBLIC_BYTES, publicKey.length));
    }
    return HpkePublicKey.create(PARAMETERS, Bytes.copyFrom(publicKey), null);
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static HpkeParameters parameters() {
    try {
      HybridConfig.register();
      return HpkeParameters.builder()
          .setKemId(HpkeParameters.KemId.DHKEM_P256_HKDF_SHA256)
          .setKdfId(HpkeParameters.KdfId.HKDF_SHA256)
          .setAeadId(HpkeParameters.AeadId.AES_256_GCM)
          .setVariant(HpkeParameters.Variant.NO_PREFIX)
          .build();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Tink lacks HPKE", e);
    }
  }
}
