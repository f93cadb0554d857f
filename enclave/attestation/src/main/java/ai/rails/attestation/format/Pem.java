package ai.rails.attestation.format;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/// Splits concatenated PEM certificates. Nothing but white space may stand between them, and only
/// white space and a closing NUL after them; the JDK's own reader would skip whatever it finds.
public final class Pem {
  private static final String BEGIN = "-----BEGIN CERTIFICATE-----";
  private static final String END = "-----END CERTIFICATE-----";
  private static final int MOST_BYTES = 32 * 1024;
  private static final int MOST_CERTIFICATES = 8;

  private Pem() {}

  /// The DER of each certificate in order; none when there is only white space or NULs.
  public static List<Bytes> certificates(Bytes pem) throws Malformed {
    if (pem.length() > MOST_BYTES) {
      throw new Malformed("PEM: %d bytes are too many".formatted(pem.length()));
    }
    String text = new String(pem.toArray(), StandardCharsets.ISO_8859_1);
    List<Bytes> found = new ArrayList<>();
    int position = skipped(text, 0);
    while (position < text.length()) {
      int end = text.indexOf(END, position);
      if (!text.startsWith(BEGIN, position) || end < 0 || found.size() == MOST_CERTIFICATES) {
        throw new Malformed("PEM: something else than certificates at %d".formatted(position));
      }
      found.add(decoded(text.substring(position + BEGIN.length(), end)));
      position = skipped(text, end + END.length());
    }
    return found;
  }

  private static Bytes decoded(String base64) throws Malformed {
    String dense = base64.replaceAll("[ \\t\\r\\n]", "");
    try {
      return Bytes.copyOf(Base64.getDecoder().decode(dense));
    } catch (IllegalArgumentException e) {
      throw new Malformed("PEM: not base64");
    }
  }

  private static int skipped(String text, int from) {
    int position = from;
    while (position < text.length() && " \t\r\n\0".indexOf(text.charAt(position)) >= 0) {
      position++;
    }
    return position;
  }
}
