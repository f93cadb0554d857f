package ai.rails.platform.evidence;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// PEM (RFC 7468): blocks of one kind out of a text, other text between them ignored.
final class Pem {
  private static final int LINE = 64;
  private static final int TEXT_MAX = 1 << 20;
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----\\s([A-Za-z0-9+/=\\s]*)-----END \\1-----");

  private Pem() {}

  static List<byte[]> parse(String kind, String text) {
    if (text.length() > TEXT_MAX) {
      throw new IllegalArgumentException("a PEM file has at most %d bytes".formatted(TEXT_MAX));
    }
    var blocks = new ArrayList<byte[]>();
    Matcher matcher = BLOCK.matcher(text);
    while (matcher.find()) {
      if (matcher.group(1).equals(kind)) {
        blocks.add(Base64.getDecoder().decode(matcher.group(2).replaceAll("\\s", "")));
      }
    }
    return blocks;
  }

  static String write(String kind, byte[] bytes) {
    String body =
        Base64.getMimeEncoder(LINE, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(bytes);
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n".formatted(kind, body, kind);
  }
}
