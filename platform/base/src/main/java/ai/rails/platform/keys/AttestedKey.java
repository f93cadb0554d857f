package ai.rails.platform.keys;

import java.security.GeneralSecurityException;

import com.google.crypto.tink.AccessesPartialKey;
import com.google.crypto.tink.HybridDecrypt;
import com.google.crypto.tink.HybridEncrypt;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.hybrid.HpkeParameters;
import com.google.crypto.tink.hybrid.HpkePublicKey;
import com.google.crypto.tink.hybrid.HybridConfig;
import com.google.crypto.tink.util.Bytes;

/// An HPKE key pair for one release, whose public half is named in attestation evidence: the 32
/// bytes of RFC 9180 and no keyset, so that any implementation can check and use it. The private
/// half stays in memory and is never written. X25519, HKDF-SHA256, AES-256-GCM. Immutable.
public final class AttestedKey {
  /// Length of a public key.
  public static final int PUBLIC_BYTES = 32;

  private static final HpkeParameters PARAMETERS = parameters();

  private final KeysetHandle handle;

  private AttestedKey(KeysetHandle handle) {
    this.handle = handle;
  }

  public static AttestedKey generate() throws GeneralSecurityException {
    return new AttestedKey(KeysetHandle.generateNew(PARAMETERS, RegistryConfiguration.get()));
  }

  @AccessesPartialKey
  public byte[] publicKey() throws GeneralSecurityException {
    return ((HpkePublicKey) handle.getPublicKeysetHandle().getPrimary().getKey())
        .getPublicKeyBytes()
        .toByteArray();
  }

  /// @param info binds the package to its purpose: it opens under the same bytes only
  /// @throws GeneralSecurityException if the key is none
  @AccessesPartialKey
  public static byte[] seal(byte[] publicKey, byte[] plain, byte[] info)
      throws GeneralSecurityException {
    return KeysetHandle.newBuilder()
        .addEntry(
            KeysetHandle.importKey(
                    HpkePublicKey.create(PARAMETERS, Bytes.copyFrom(publicKey), null))
                .withRandomId()
                .makePrimary())
        .build()
        .getPrimitive(RegistryConfiguration.get(), HybridEncrypt.class)
        .encrypt(plain, info);
  }

  /// @throws GeneralSecurityException if it was sealed to another key or for another purpose
  public byte[] open(byte[] sealed, byte[] info) throws GeneralSecurityException {
    return handle
        .getPrimitive(RegistryConfiguration.get(), HybridDecrypt.class)
        .decrypt(sealed, info);
  }

  private static HpkeParameters parameters() {
    try {
      HybridConfig.register();
      return HpkeParameters.builder()
          .setKemId(HpkeParameters.KemId.DHKEM_X25519_HKDF_SHA256)
          .setKdfId(HpkeParameters.KdfId.HKDF_SHA256)
          .setAeadId(HpkeParameters.AeadId.AES_256_GCM)
          .setVariant(HpkeParameters.Variant.NO_PREFIX)
          .build();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("Tink lacks HPKE", e);
    }
  }
}
