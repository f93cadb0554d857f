package ai.rails.attestation.format;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/// Bytes of several parts under a domain tag, each with its length before it, so that no part can
/// be read as another and nothing made for one purpose serves for a second one. One thread.
public final class Framed {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /// @param domain ASCII, names the purpose and its version
  public Framed(String domain) {
    out.writeBytes(domain.getBytes(StandardCharsets.US_ASCII));
    out.write(0);
  }

  public Framed add(Bytes part) {
    out.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(part.length()).array());
    out.writeBytes(part.toArray());
    return this;
  }

  /// @param text as UTF-8
  public Framed add(String text) {
    return add(Bytes.copyOf(text.getBytes(StandardCharsets.UTF_8)));
  }

  /// @param number as eight bytes, big-endian
  public Framed add(long number) {
    return add(Bytes.copyOf(ByteBuffer.allocate(Long.BYTES).putLong(number).array()));
  }

  public Bytes bytes() {
    return Bytes.copyOf(out.toByteArray());
  }

  public Bytes sha256() {
    return bytes().sha256();
  }

  /// With another hash that every JDK has.
  public Bytes digest(String algorithm) {
    return Bytes.copyOf(Bytes.digest(algorithm).digest(out.toByteArray()));
  }
}
