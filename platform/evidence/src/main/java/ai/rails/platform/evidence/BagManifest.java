package ai.rails.platform.evidence;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A manifest of a bag: digests and names.
record BagManifest(
    String name, String algorithm, List<Line> lines, List<String> problems, List<String> warnings) {
  private static final Pattern LINE = Pattern.compile("([0-9A-Fa-f]+)([ \\t]+)(\\*?)(.+)");
  private static final int BUFFER = 64 << 10;

  /// @param digest in lower-case hex
  record Line(String digest, String name) {}

  static BagManifest read(Path file, String algorithm, BagText.Declaration declaration)
      throws IOException {
    String name = String.valueOf(file.getFileName());
    var reading = new Reading(name, declaration.strict());
    for (String line : BagText.lines(file, declaration.charset())) {
      reading.line(line);
    }
    String known = javaName(algorithm);
    if (known.isEmpty()) {
      reading.problems.add("%s: digest %s is not known".formatted(name, algorithm));
      return new BagManifest(name, known, List.of(), reading.problems, reading.warnings);
    }
    return new BagManifest(
        name, known, List.copyOf(reading.lines), reading.problems, reading.warnings);
  }

  String digest(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance(algorithm);
      byte[] buffer = new byte[BUFFER];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no " + algorithm, e);
    }
  }

  /// @return empty if it is not known
  private static String javaName(String algorithm) {
    return switch (algorithm.toLowerCase(Locale.ROOT).replace("-", "")) {
      case "md5" -> "MD5";
      case "sha1" -> "SHA-1";
      case "sha224" -> "SHA-224";
      case "sha256" -> "SHA-256";
      case "sha384" -> "SHA-384";
      case "sha512" -> "SHA-512";
      case "sha3224" -> "SHA3-224";
      case "sha3256" -> "SHA3-256";
      case "sha3384" -> "SHA3-384";
      case "sha3512" -> "SHA3-512";
      default -> "";
    };
  }

  /// A manifest while it is read.
  private static final class Reading {
    final List<Line> lines = new ArrayList<>();
    final List<String> problems = new ArrayList<>();
    final List<String> warnings = new ArrayList<>();
    private final Map<String, String> digests = new HashMap<>();
    private final Map<String, String> alike = new HashMap<>();
    private final String manifest;
    private final boolean strict;

    Reading(String manifest, boolean strict) {
      this.manifest = manifest;
      this.strict = strict;
    }

    void line(String line) {
      if (line.isBlank()) {
        return;
      }
      Matcher parts = LINE.matcher(line);
      if (!parts.matches()) {
        problems.add("%s has a line that is no digest and name".formatted(manifest));
        return;
      }
      if (!parts.group(3).isEmpty()) {
        warnings.add("%s is made as md5sum does, with asterisks".formatted(manifest));
      }
      String name = BagText.decoded(parts.group(4));
      if (name.startsWith("./")) {
        warnings.add("%s begins names with ./".formatted(manifest));
        name = name.substring(2);
      }
      add(parts.group(1).toLowerCase(Locale.ROOT), name);
    }

    private void add(String digest, String name) {
      String before = digests.putIfAbsent(name, digest);
      if (before != null) {
        String twice = "%s lists %s twice".formatted(manifest, name);
        (strict || !before.equals(digest) ? problems : warnings).add(twice);
        return;
      }
      String folded = Normalizer.normalize(name, Normalizer.Form.NFC).toLowerCase(Locale.ROOT);
      String other = alike.putIfAbsent(folded, name);
      if (other != null) {
        warnings.add("%s lists names that some systems take for one: %s".formatted(manifest, name));
      }
      lines.add(new Line(digest, name));
    }
  }
}
