package ai.rails.domain.ledger;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// The one hash function of the ledger, as 64 lower-case hex digits.
public final class Sha256 {
  private static final HexFormat HEX = HexFormat.of();

  private Sha256() {}

  public static String hex(byte[] bytes) {
    return HEX.formatHex(digest().digest(bytes));
  }

  /// The RFC 6962 leaf hash, `SHA-256(0x00 || leaf)`. It is the chain value too, so chain and
  /// Merkle tree cost one hash.
  public static String ofLeaf(byte[] leaf) {
    MessageDigest digest = digest();
    digest.update((byte) 0);
    return HEX.formatHex(digest.digest(leaf));
  }

  static String ofText(String text) {
    return hex(text.getBytes(StandardCharsets.UTF_8));
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
  }
}
