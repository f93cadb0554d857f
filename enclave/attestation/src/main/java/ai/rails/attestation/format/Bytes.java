package ai.rails.attestation.format;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/// An immutable byte string. Equality compares content and is not constant in time: use
/// [MessageDigest#isEqual] for secrets.
public final class Bytes {
  private static final HexFormat HEX = HexFormat.of();

  private final byte[] content;

  private Bytes(byte[] content) {
    this.content = content;
  }

  public static Bytes copyOf(byte[] content) {
    return new Bytes(content.clone());
  }

  /// @throws Malformed unless `text` is hex, in either case, of `length` bytes
  public static Bytes ofHex(String text, int length) throws Malformed {
    if (text.length() != 2 * length) {
      throw new Malformed("%d hex digits where %d belong".formatted(text.length(), 2 * length));
    }
    try {
      return new Bytes(HEX.parseHex(text));
    } catch (IllegalArgumentException e) {
      throw new Malformed("a character that is no hex digit");
    }
  }

  public int length() {
    return content.length;
  }

  /// The byte at an index, 0 to 255.
  public int at(int index) {
    return Byte.toUnsignedInt(content[index]);
  }

  public Bytes slice(int from, int length) {
    return new Bytes(Arrays.copyOfRange(content, from, from + length));
  }

  public Bytes concat(Bytes next) {
    byte[] both = Arrays.copyOf(content, content.length + next.content.length);
    System.arraycopy(next.content, 0, both, content.length, next.content.length);
    return new Bytes(both);
  }

  public byte[] toArray() {
    return content.clone();
  }

  public boolean isZero() {
    int any = 0;
    for (byte each : content) {
      any |= each;
    }
    return any == 0;
  }

  /// Bit by bit and with a mask of the same length.
  public Bytes and(Bytes mask) {
    if (mask.content.length != content.length) {
      throw new IllegalArgumentException("the mask has another length");
    }
    byte[] masked = content.clone();
    for (int i = 0; i < masked.length; i++) {
      masked[i] &= mask.content[i];
    }
    return new Bytes(masked);
  }

  public Bytes reversed() {
    byte[] turned = new byte[content.length];
    for (int i = 0; i < turned.length; i++) {
      turned[i] = content[content.length - 1 - i];
    }
    return new Bytes(turned);
  }

  public boolean startsWith(Bytes prefix) {
    return content.length >= prefix.content.length
        && Arrays.equals(
            content, 0, prefix.content.length, prefix.content, 0, prefix.content.length);
  }

  public Bytes sha256() {
    return new Bytes(digest("SHA-256").digest(content));
  }

  /// Feeds this to a digest or another consumer of arrays without handing out the content.
  public void updateInto(MessageDigest digest) {
    digest.update(content);
  }

  /// The same for a part of this.
  public void updateInto(MessageDigest digest, int from, int length) {
    digest.update(content, from, length);
  }

  /// A digest that every JDK has.
  public static MessageDigest digest(String algorithm) {
    try {
      return MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(algorithm + " is part of every JDK", e);
    }
  }

  public String hex() {
    return HEX.formatHex(content);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Bytes bytes && Arrays.equals(content, bytes.content);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(content);
  }

  @Override
  public String toString() {
    return hex();
  }
}
