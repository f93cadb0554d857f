package ai.rails.platform.evidence;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Optional;
import java.util.SortedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The files that make a directory a bag (BagIt 1.0, RFC 8493).
final class Bag {
  static final String DECLARATION = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";

  private static final Pattern LINE = Pattern.compile("([0-9a-f]{64})  (.{1,300})");
  private static final Pattern INFO =
      Pattern.compile(
          """
          Bag-Software-Agent: ([ -~]{1,300})
          Bagging-Date: ([0-9]{4}-[0-9]{2}-[0-9]{2})
          External-Identifier: ([a-z0-9_-]{1,200})
          Payload-Oxum: ([0-9]{1,18})\\.([0-9]{1,9})
          Source-Organization: ([ -~]{1,128})
          """);

  private Bag() {}

  /// @param octets of all payload files
  /// @param files in the payload
  record Payload(String id, long octets, long files) {}

  /// @param sha256 64 hex digits
  record Line(String sha256, String path) {}

  /// As `sha256sum` writes it.
  static byte[] line(String path, String sha256) {
    return "%s  %s\n".formatted(sha256, path).getBytes(StandardCharsets.US_ASCII);
  }

  static byte[] manifest(SortedMap<String, String> digests) {
    var out = new ByteArrayOutputStream();
    digests.forEach((path, sha256) -> out.writeBytes(line(path, sha256)));
    return out.toByteArray();
  }

  /// A line without its newline.
  static Optional<Line> parse(String line) {
    Matcher matcher = LINE.matcher(line);
    return matcher.matches()
        ? Optional.of(new Line(matcher.group(1), matcher.group(2)))
        : Optional.empty();
  }

  static byte[] info(String id, LocalDate date, long octets, long files, Producer producer) {
    return """
    Bag-Software-Agent: %s %s
    Bagging-Date: %s
    External-Identifier: %s
    Payload-Oxum: %s.%s
    Source-Organization: %s
    """
        .formatted(
            producer.name(), producer.version(), date, id, octets, files, producer.organization())
        .getBytes(StandardCharsets.US_ASCII);
  }

  static Optional<Payload> parseInfo(String text) {
    Matcher matcher = INFO.matcher(text);
    return matcher.matches()
        ? Optional.of(
            new Payload(
                matcher.group(3),
                Long.parseLong(matcher.group(4)),
                Long.parseLong(matcher.group(5))))
        : Optional.empty();
  }
}
