package ai.rails.domain.ledger;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/// RFC 8785 for flat objects of printable ASCII strings and integers from 0 to 2^53 - 1. Over these
/// the canonical form needs neither number formatting nor Unicode, the two parts where
/// implementations of the RFC differ.
final class FlatJson {
  static final long INTEGER_MAX = (1L << 53) - 1;

  /// Most members; a leaf has at most 16.
  private static final int MEMBERS_MAX = 32;

  private final String text;
  private int at;

  private FlatJson(String text) {
    this.text = text;
  }

  /// @param members strings and longs; natural order of the keys is the RFC's order for ASCII
  static byte[] write(SortedMap<String, Object> members, int bytesMax) {
    var out = new StringBuilder(512).append('{');
    members.forEach((name, value) -> {
      out.append(out.length() == 1 ? "" : ",");
      string(out, name);
      out.append(':');
      switch (value) {
        case String s -> string(out, s);
        case Long n when n >= 0 && n <= INTEGER_MAX -> out.append(n.longValue());
        default -> throw new IllegalArgumentException(name + " is no string or integer");
      }
    });
    out.append('}');
    if (out.length() > bytesMax) {
      throw new IllegalArgumentException(
          "%d bytes; at most %d are allowed".formatted(out.length(), bytesMax));
    }
    return out.toString().getBytes(StandardCharsets.US_ASCII);
  }

  /// Reads an object without caring for the order of its members; who needs the canonical form
  /// writes it again and compares.
  static Members read(byte[] bytes, int bytesMax) {
    if (bytes.length > bytesMax) {
      throw new IllegalArgumentException(
          "%d bytes; at most %d are allowed".formatted(bytes.length, bytesMax));
    }
    return new FlatJson(new String(bytes, StandardCharsets.ISO_8859_1)).object();
  }

  private Members object() {
    var members = new HashMap<String, Object>();
    expect('{');
    do {
      String name = string();
      expect(':');
      Object value = peek() == '"' ? (Object) string() : (Object) integer();
      if (members.put(name, value) != null || members.size() > MEMBERS_MAX) {
        throw new IllegalArgumentException("a member is doubled, or there are too many");
      }
    } while (next() == ',');
    at--;
    expect('}');
    if (at != text.length()) {
      throw new IllegalArgumentException("text follows the object");
    }
    return new Members(members);
  }

  private String string() {
    expect('"');
    var value = new StringBuilder();
    for (char c = next(); c != '"'; c = next()) {
      char plain = c == '\\' ? next() : c;
      boolean escapable = plain == '"' || plain == '\\';
      if (plain < ' ' || plain > '~' || (c == '\\' && !escapable)) {
        throw new IllegalArgumentException("a string holds more than printable ASCII");
      }
      value.append(plain);
    }
    return value.toString();
  }

  private long integer() {
    int start = at;
    while (Character.digit(peek(), 10) >= 0 && peek() < 128) {
      at++;
    }
    String digits = text.substring(start, at);
    if (digits.isEmpty() || digits.length() > 16 || (digits.startsWith("0") && at > start + 1)) {
      throw new IllegalArgumentException("a value is neither a string nor an integer");
    }
    return Long.parseLong(digits);
  }

  private void expect(char wanted) {
    if (next() != wanted) {
      throw new IllegalArgumentException("expected %c at byte %d".formatted(wanted, at - 1));
    }
  }

  private char peek() {
    if (at >= text.length()) {
      throw new IllegalArgumentException("the object is cut off");
    }
    return text.charAt(at);
  }

  private char next() {
    char c = peek();
    at++;
    return c;
  }

  private static void string(StringBuilder out, String value) {
    out.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < ' ' || c > '~') {
        throw new IllegalArgumentException("a string holds more than printable ASCII");
      }
      if (c == '"' || c == '\\') {
        out.append('\\');
      }
      out.append(c);
    }
    out.append('"');
  }

  /// The members of an object that was read.
  record Members(Map<String, Object> values) {
    private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");

    String text(String name) {
      return maybeText(name).orElseThrow(() -> missing(name));
    }

    String hash(String name) {
      String value = text(name);
      if (!HASH.matcher(value).matches()) {
        throw new IllegalArgumentException(name + " is not 64 lower-case hex digits");
      }
      return value;
    }

    long number(String name) {
      return maybeNumber(name).orElseThrow(() -> missing(name));
    }

    Optional<String> maybeText(String name) {
      return maybe(name, String.class);
    }

    Optional<Long> maybeNumber(String name) {
      return maybe(name, Long.class);
    }

    private <T> Optional<T> maybe(String name, Class<T> type) {
      @Nullable Object value = values.get(name);
      if (value != null && !type.isInstance(value)) {
        throw new IllegalArgumentException(name + " is no " + type.getSimpleName());
      }
      return Optional.ofNullable(value).map(type::cast);
    }

    private static IllegalArgumentException missing(String name) {
      return new IllegalArgumentException("member %s is missing".formatted(name));
    }
  }
}
