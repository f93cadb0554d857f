package ai.rails.platform.keys;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;

import com.google.crypto.tink.subtle.AesGcmJce;
import com.google.crypto.tink.subtle.Random;

/// An AES-256-GCM key: a workflow key, which wraps run keys, or a run key, which seals content.
///
/// Sealed bytes are nonce (12), ciphertext, tag (16). The associated data says where they belong,
/// so that they open nowhere else. Immutable and safe for use by several threads.
public final class ContentKey {
  /// Bytes that sealing adds.
  public static final int OVERHEAD = 28;

  private static final int LENGTH = 32;

  private final byte[] bytes;
  private final AesGcmJce aead;

  private ContentKey(byte[] bytes) throws GeneralSecurityException {
    if (bytes.length != LENGTH) {
      throw new GeneralSecurityException("a content key has 32 bytes");
    }
    this.bytes = bytes.clone();
    this.aead = new AesGcmJce(bytes);
  }

  /// Makes a key from the platform's secure randomness.
  public static ContentKey generate() throws GeneralSecurityException {
    return new ContentKey(Random.randBytes(LENGTH));
  }

  /// Takes a key that was released in a sealed package.
  public static ContentKey of(byte[] bytes) throws GeneralSecurityException {
    return new ContentKey(bytes);
  }

  /// The associated data of a run's content.
  public static String contentOf(String tenant, String run, String ref) {
    return "airails|1|content|%s|%s|%s".formatted(tenant, run, ref);
  }

  /// The associated data of a wrapped run key.
  public static String runKeyOf(String tenant, String run) {
    return "airails|1|run-key|%s|%s".formatted(tenant, run);
  }

  public byte[] seal(byte[] plain, String associatedData) throws GeneralSecurityException {
    return aead.encrypt(plain, associatedData.getBytes(StandardCharsets.UTF_8));
  }

  /// @throws GeneralSecurityException if the bytes were altered or belong elsewhere
  public byte[] open(byte[] sealed, String associatedData) throws GeneralSecurityException {
    return aead.decrypt(sealed, associatedData.getBytes(StandardCharsets.UTF_8));
  }

  /// Seals another key under this one.
  public byte[] wrap(ContentKey key, String associatedData) throws GeneralSecurityException {
    return seal(key.bytes, associatedData);
  }

  /// Opens a key that was sealed under this one.
  public ContentKey unwrap(byte[] wrapped, String associatedData) throws GeneralSecurityException {
    byte[] plain = open(wrapped, associatedData);
    try {
      return new ContentKey(plain);
    } finally {
      Arrays.fill(plain, (byte) 0);
    }
  }

  /// The key itself, for a sealed package only.
  public byte[] export() {
    return bytes.clone();
  }

  @Override
  public String toString() {
    return "ContentKey[hidden]";
  }
}
