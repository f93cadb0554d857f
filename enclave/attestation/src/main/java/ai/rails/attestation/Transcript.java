package ai.rails.attestation;

import ai.rails.attestation.format.Bytes;
import ai.rails.attestation.format.Framed;

/// What a worker binds its evidence to. Hashed with a domain tag and a length before each part, so
/// that no part can be read as another; the audience keeps one service's challenge from being
/// answered for another.
///
/// @param nonce 32 bytes of the service that asks
/// @param audience the service that asks
/// @param worker the instance that answers
/// @param hpkeSuite KEM, KDF and AEAD, 2 bytes each
/// @param hpkePublicKey the key that answers are sealed to; its private part never leaves the
///   worker
/// @param tlsKeySha256 of the worker's TLS key, or empty
/// @param claimsSha256 of further claims, or empty
public record Transcript(
    Bytes nonce,
    String audience,
    String worker,
    Bytes hpkeSuite,
    Bytes hpkePublicKey,
    Bytes tlsKeySha256,
    Bytes claimsSha256) {
  /// DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM: the suite that AI Rails uses.
  public static final Bytes X25519_AES_256_GCM = Bytes.copyOf(new byte[] {0, 0x20, 0, 1, 0, 2});

  private static final String DOMAIN = "AIRAILS-RA-V1";

  /// 64 bytes: the whole of REPORTDATA.
  public Bytes reportData() {
    return new Framed(DOMAIN)
        .add(nonce)
        .add(audience)
        .add(worker)
        .add(hpkeSuite)
        .add(hpkePublicKey)
        .add(tlsKeySha256)
        .add(claimsSha256)
        .digest("SHA-512");
  }
}
