package ai.rails.attestation.format;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// A strict RFC 8259 reader with limits: no duplicate names, no trailing content, no invalid UTF-8,
/// no lone surrogates. Small on purpose, so that the verifier needs nothing beside the JDK.
final class JsonReader {
  private static final int MOST_BYTES = 256 * 1024;
  private static final int MOST_DEPTH = 16;
  private static final Pattern LITERAL =
      Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?|true|false|null");

  private final byte[] source;
  private int position;

  JsonReader(Bytes source) throws Malformed {
    if (source.length() > MOST_BYTES) {
      throw new Malformed("JSON: %d bytes are too many".formatted(source.length()));
    }
    this.source = source.toArray();
  }

  Json document() throws Malformed {
    Json value = value(0);
    if (next() >= 0) {
      throw bad("content after the document");
    }
    return value;
  }

  private Json value(int depth) throws Malformed {
    if (depth > MOST_DEPTH) {
      throw bad("nested too deep");
    }
    return switch (next()) {
      case '{' -> object(depth);
      case '[' -> array(depth);
      case '"' -> new Json.Text(text());
      default -> literal();
    };
  }

  private Json.Members object(int depth) throws Malformed {
    int from = position++;
    Map<String, Json> members = new HashMap<>();
    if (next() == '}') {
      position++;
      return new Json.Members(members, from, position);
    }
    do {
      if (next() != '"') {
        throw bad("no name where a member begins");
      }
      String name = text();
      expect(':');
      if (members.put(name, value(depth + 1)) != null) {
        throw bad("a name twice in one object");
      }
    } while (another('}'));
    return new Json.Members(members, from, position);
  }

  private Json.Elements array(int depth) throws Malformed {
    position++;
    List<Json> elements = new ArrayList<>();
    if (next() == ']') {
      position++;
      return new Json.Elements(elements);
    }
    do {
      elements.add(value(depth + 1));
    } while (another(']'));
    return new Json.Elements(elements);
  }

  private boolean another(int closing) throws Malformed {
    int found = next();
    if (found != ',' && found != closing) {
      throw bad("neither a comma nor the end");
    }
    position++;
    return found == ',';
  }

  private void expect(int wanted) throws Malformed {
    if (next() != wanted) {
      throw bad("not the expected character");
    }
    position++;
  }

  private Json.Literal literal() throws Malformed {
    int from = position;
    while (position < source.length && isOfLiteral(source[position])) {
      position++;
    }
    String value = new String(source, from, position - from, StandardCharsets.US_ASCII);
    if (!LITERAL.matcher(value).matches()) {
      throw bad("no value");
    }
    return new Json.Literal(value);
  }

  private static boolean isOfLiteral(byte octet) {
    return (octet >= '0' && octet <= '9')
        || (octet >= 'a' && octet <= 'z')
        || octet == 'E'
        || octet == '+'
        || octet == '-'
        || octet == '.';
  }

  private String text() throws Malformed {
    int from = ++position;
    boolean escaped = false;
    while (position < source.length && source[position] != '"') {
      int octet = Byte.toUnsignedInt(source[position]);
      if (octet < 0x20) {
        throw bad("a control character in a string");
      }
      escaped |= octet == '\\';
      position += octet == '\\' ? 2 : 1;
    }
    if (position >= source.length) {
      throw bad("a string without end");
    }
    String raw = decoded(from, position++);
    return escaped ? unescaped(raw) : raw;
  }

  private String decoded(int from, int to) throws Malformed {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(source, from, to - from))
          .toString();
    } catch (CharacterCodingException e) {
      throw bad("a string that is not UTF-8");
    }
  }

  private String unescaped(String raw) throws Malformed {
    StringBuilder text = new StringBuilder(raw.length());
    for (int i = 0; i < raw.length(); i++) {
      char c = raw.charAt(i);
      if (c != '\\') {
        text.append(c);
        continue;
      }
      c = raw.charAt(++i);
      switch (c) {
        case '"', '\\', '/' -> text.append(c);
        case 'b' -> text.append('\b');
        case 'f' -> text.append('\f');
        case 'n' -> text.append('\n');
        case 'r' -> text.append('\r');
        case 't' -> text.append('\t');
        case 'u' -> {
          text.append(unit(raw, i + 1));
          i += 4;
        }
        default -> throw bad("an unknown escape");
      }
    }
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw bad("a lone surrogate");
    }
    return text.toString();
  }

  private char unit(String raw, int from) throws Malformed {
    if (from + 4 > raw.length()) {
      throw bad("an escape that ends too early");
    }
    int value = 0;
    for (int i = from; i < from + 4; i++) {
      int digit = raw.charAt(i) < 0x80 ? Character.digit(raw.charAt(i), 16) : -1;
      if (digit < 0) {
        throw bad("an escape that is not hex");
      }
      value = value << 4 | digit;
    }
    return (char) value;
  }

  /// The next character that is no white space, or -1 at the end; the position stays on it.
  private int next() {
    while (position < source.length && " \t\r\n".indexOf(source[position]) >= 0) {
      position++;
    }
    return position < source.length ? Byte.toUnsignedInt(source[position]) : -1;
  }

  private Malformed bad(String what) {
    return new Malformed("JSON: %s at %d".formatted(what, position));
  }
}
