package ai.rails.domain.checkpoint;

import java.nio.ByteBuffer;
import java.util.Arrays;

/// One signature line of a note: who says to have signed, and the signature. Nothing is verified.
///
/// @param keyName of the key
/// @param keyId first four bytes of the key's hash, an identifier only
/// @param signature what follows the key id; its form depends on the key's type
@SuppressWarnings("ArrayRecordComponent") // equals and hashCode are written below
public record NoteSignature(String keyName, int keyId, byte[] signature) {
  private static final String PREFIX = "\u2014 ";

  /// @throws IllegalArgumentException if the line, without its newline, is not a signature
  public static NoteSignature parse(String line) {
    int space = line.indexOf(' ', PREFIX.length());
    if (!line.startsWith(PREFIX) || space < 0) {
      throw new IllegalArgumentException("a signature line begins with an em dash and a key name");
    }
    byte[] bytes = Base64s.decode(line.substring(space + 1));
    if (bytes.length <= Integer.BYTES) {
      throw new IllegalArgumentException("a signature line has no signature");
    }
    return new NoteSignature(
        VerifierKey.requireName(line.substring(PREFIX.length(), space)),
        ByteBuffer.wrap(bytes).getInt(),
        Arrays.copyOfRange(bytes, Integer.BYTES, bytes.length));
  }

  /// The signature line, with its newline.
  public String line() {
    byte[] bytes =
        ByteBuffer.allocate(Integer.BYTES + signature.length).putInt(keyId).put(signature).array();
    return PREFIX + keyName + " " + Base64s.encode(bytes) + "\n";
  }

  /// Whether it says to be by that key.
  public boolean by(VerifierKey key) {
    return key.name().equals(keyName) && key.id() == keyId;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NoteSignature that
        && keyName.equals(that.keyName)
        && keyId == that.keyId
        && Arrays.equals(signature, that.signature);
  }

  @Override
  public int hashCode() {
    return 31 * keyName.hashCode() + keyId;
  }
}
