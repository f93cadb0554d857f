package ai.rails.platform.evidence;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// What DSSE 1.0 signs: the type and the payload, each with its length, so that neither can be
/// taken for the other.
public final class Dsse {
  /// The type of an in-toto statement.
  public static final String IN_TOTO = "application/vnd.in-toto+json";

  private Dsse() {}

  /// The pre-authentication encoding.
  public static byte[] pae(String payloadType, byte[] payload) {
    byte[] type = payloadType.getBytes(StandardCharsets.UTF_8);
    var out = new ByteArrayOutputStream(payload.length + type.length + 32);
    out.writeBytes("DSSEv1 %s ".formatted(type.length).getBytes(StandardCharsets.US_ASCII));
    out.writeBytes(type);
    out.writeBytes(" %s ".formatted(payload.length).getBytes(StandardCharsets.US_ASCII));
    out.writeBytes(payload);
    return out.toByteArray();
  }
}
