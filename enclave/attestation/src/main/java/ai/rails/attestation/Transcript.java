package ai.rails.attestation;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

import ai.rails.attestation.format.Bytes;

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
  private static final String DOMAIN = "AIRAILS-RA-V1";

  /// 64 bytes: the whole of REPORTDATA.
  public Bytes reportData() {
    MessageDigest digest = Bytes.digest("SHA-512");
    digest.update(DOMAIN.getBytes(StandardCharsets.US_ASCII));
    digest.update((byte) 0);
    add(digest, nonce);
    add(digest, utf8(audience));
    add(digest, utf8(worker));
    add(digest, hpkeSuite);
    add(digest, hpkePublicKey);
    add(digest, tlsKeySha256);
    add(digest, claimsSha256);
    return Bytes.copyOf(digest.digest());
  }

  private static Bytes utf8(String text) {
    return Bytes.copyOf(text.getBytes(StandardCharsets.UTF_8));
  }

  private static void add(MessageDigest digest, Bytes part) {
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(part.length()).flip());
    part.updateInto(digest);
  }
}
