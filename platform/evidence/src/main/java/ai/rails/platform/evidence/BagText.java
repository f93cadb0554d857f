package ai.rails.platform.evidence;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The tag files of a bag as text.
final class BagText {
  /// The largest tag file, in bytes.
  static final long BYTES_MAX = 64L << 20;

  private static final Pattern VERSION = Pattern.compile("BagIt-Version: ([0-9]+\\.[0-9]+)");
  private static final Pattern VERSION_BEFORE =
      Pattern.compile("BagIt-Version[ \\t]*:[ \\t]*(0\\.[0-9]+)[ \\t]*");
  private static final Pattern ENCODING =
      Pattern.compile("Tag-File-Character-Encoding: ([A-Za-z0-9._:+-]+)");
  private static final Pattern ENCODING_BEFORE =
      Pattern.compile("Tag-File-Character-Encoding[ \\t]*:[ \\t]*([A-Za-z0-9._:+-]+)[ \\t]*");

  private BagText() {}

  /// A tag file that says nothing, or not what it must.
  static final class Unreadable extends IOException {
    private static final long serialVersionUID = 1L;

    Unreadable(String what) {
      super(what);
    }
  }

  /// What `bagit.txt` declares.
  ///
  /// @param strict whether it is version 1.0, which allows less
  record Declaration(Charset charset, boolean strict) {}

  static Declaration declaration(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new Unreadable("bagit.txt is missing");
    }
    byte[] bytes = bytes(file);
    if (bytes.length > 2 && bytes[0] == (byte) 0xef && bytes[1] == (byte) 0xbb) {
      throw new Unreadable("bagit.txt begins with a byte order mark");
    }
    List<String> lines = text(file, bytes, StandardCharsets.UTF_8).lines().toList();
    if (lines.size() != 2) {
      throw new Unreadable("bagit.txt has two lines: version and encoding");
    }
    Matcher before = VERSION_BEFORE.matcher(lines.get(0));
    Matcher version = before.matches() ? before : VERSION.matcher(lines.get(0));
    if (!version.matches()) {
      throw new Unreadable("bagit.txt names no version");
    }
    boolean strict = !version.group(1).startsWith("0.");
    if (strict && !version.group(1).equals("1.0")) {
      throw new Unreadable("version %s of BagIt is not known".formatted(version.group(1)));
    }
    Matcher encoding = (strict ? ENCODING : ENCODING_BEFORE).matcher(lines.get(1));
    if (!encoding.matches()) {
      throw new Unreadable("bagit.txt names no encoding");
    }
    return new Declaration(charset(encoding.group(1)), strict);
  }

  static List<String> lines(Path file, Charset charset) throws IOException {
    String text = text(file, bytes(file), charset);
    return (text.startsWith("\ufeff") ? text.substring(1) : text).lines().toList();
  }

  /// Names of files are written with line breaks and per cent signs as `%0A`, `%0D` and `%25`.
  static String decoded(String name) {
    return name.replaceAll("(?i)%0a", "\n").replaceAll("(?i)%0d", "\r").replace("%25", "%");
  }

  private static Charset charset(String name) throws Unreadable {
    try {
      return Charset.forName(name);
    } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
      throw new Unreadable("encoding %s is not known".formatted(name));
    }
  }

  private static byte[] bytes(Path file) throws IOException {
    if (Files.size(file) > BYTES_MAX) {
      throw new Unreadable("%s is larger than %d bytes".formatted(file.getFileName(), BYTES_MAX));
    }
    return Files.readAllBytes(file);
  }

  private static String text(Path file, byte[] bytes, Charset charset) throws Unreadable {
    try {
      return charset.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new Unreadable("%s is not %s".formatted(file.getFileName(), charset));
    }
  }
}
