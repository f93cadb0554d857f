package ai.rails.domain.ledger;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// The hashes of a Merkle tree as RFC 6962 (section 2.1) defines them: SHA-256, 0x00 before a leaf,
/// 0x01 before a pair, so that neither can be taken for the other.
public final class Merkle {
  /// Bytes of a hash.
  public static final int HASH_BYTES = 32;

  private static final ThreadLocal<MessageDigest> DIGEST = ThreadLocal.withInitial(Merkle::digest);

  private Merkle() {}

  public static byte[] leaf(byte[] entry) {
    MessageDigest digest = DIGEST.get();
    digest.update((byte) 0);
    return digest.digest(entry);
  }

  public static byte[] node(byte[] left, byte[] right) {
    MessageDigest digest = DIGEST.get();
    digest.update((byte) 1);
    digest.update(left);
    return digest.digest(right);
  }

  /// The root of a tree without entries.
  public static byte[] emptyRoot() {
    return DIGEST.get().digest();
  }

  /// Whether two hashes are equal; takes the same time whatever they are.
  public static boolean equal(byte[] a, byte[] b) {
    return MessageDigest.isEqual(a, b);
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
  }
}
