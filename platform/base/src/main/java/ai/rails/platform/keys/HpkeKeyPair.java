package ai.rails.platform.keys;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;

import com.google.crypto.tink.HybridDecrypt;
import com.google.crypto.tink.HybridEncrypt;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.TinkProtoKeysetFormat;
import com.google.crypto.tink.hybrid.HpkeParameters;
import com.google.crypto.tink.hybrid.HybridConfig;

/// An HPKE key pair (RFC 9180: X25519, HKDF-SHA256, AES-256-GCM), as Tink keysets.
///
/// `info` binds a sealed package to its purpose: it opens under the same text only.
public final class HpkeKeyPair {
  private static final HpkeParameters PARAMETERS = parameters();

  private final KeysetHandle privateKey;

  private HpkeKeyPair(KeysetHandle privateKey) {
    this.privateKey = privateKey;
  }

  public static HpkeKeyPair generate() throws GeneralSecurityException {
    return new HpkeKeyPair(KeysetHandle.generateNew(PARAMETERS, RegistryConfiguration.get()));
  }

  /// Reads back what [#exportPrivate()] gave.
  public static HpkeKeyPair of(byte[] exported) throws GeneralSecurityException {
    return new HpkeKeyPair(
        TinkProtoKeysetFormat.parseKeyset(
            exported, InsecureSecretKeyAccess.get(), RegistryConfiguration.get()));
  }

  /// The public keyset, Tink's binary form.
  public byte[] publicKey() throws GeneralSecurityException {
    return TinkProtoKeysetFormat.serializeKeysetWithoutSecret(
        privateKey.getPublicKeysetHandle(), RegistryConfiguration.get());
  }

  /// The private keyset, to be sealed at once.
  public byte[] exportPrivate() throws GeneralSecurityException {
    return TinkProtoKeysetFormat.serializeKeyset(
        privateKey, InsecureSecretKeyAccess.get(), RegistryConfiguration.get());
  }

  /// Seals to a public keyset of this kind.
  public static byte[] seal(byte[] publicKey, byte[] plain, String info)
      throws GeneralSecurityException {
    return TinkProtoKeysetFormat.parseKeysetWithoutSecret(publicKey, RegistryConfiguration.get())
        .getPrimitive(RegistryConfiguration.get(), HybridEncrypt.class)
        .encrypt(plain, info.getBytes(StandardCharsets.UTF_8));
  }

  /// @throws GeneralSecurityException if it was sealed to another key or for another purpose
  public byte[] open(byte[] sealed, String info) throws GeneralSecurityException {
    return privateKey
        .getPrimitive(RegistryConfiguration.get(), HybridDecrypt.class)
        .decrypt(sealed, info.getBytes(StandardCharsets.UTF_8));
  }

  private static HpkeParameters parameters() {
    try {
      HybridConfig.register();
      return HpkeParameters.builder()
          .setKemId(HpkeParameters.KemId.DHKEM_X25519_HKDF_SHA256)
          .setKdfId(HpkeParameters.KdfId.HKDF_SHA256)
          .setAeadId(HpkeParameters.AeadId.AES_256_GCM)
          .setVariant(HpkeParameters.Variant.TINK)
          .build();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Tink lacks HPKE", e);
    }
  }
}
