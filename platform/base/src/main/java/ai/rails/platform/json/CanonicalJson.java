package ai.rails.platform.json;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/// Canonical JSON (RFC 8785): the one spelling of a value, so that a hash of it means the value.
///
/// Takes Jackson trees, and maps with text keys, lists, text, numbers and booleans. Integers that
/// an IEEE double does not hold exactly are refused, because other readers of the same bytes would
/// see another number; write them as text.
public final class CanonicalJson {
  private static final int MAX_DEPTH = 64;
  private static final HexFormat HEX = HexFormat.of();

  private final StringBuilder out = new StringBuilder(256);

  private CanonicalJson() {}

  /// Writes a value.
  ///
  /// @throws IllegalArgumentException if it is not JSON, too deep, has lone surrogates or an
  ///   integer that a double does not hold
  public static String text(@Nullable Object value) {
    CanonicalJson json = new CanonicalJson();
    json.write(value, 0);
    return json.out.toString();
  }

  /// Writes a value as UTF-8.
  ///
  /// @throws IllegalArgumentException as [#text]
  public static byte[] bytes(@Nullable Object value) {
    return text(value).getBytes(StandardCharsets.UTF_8);
  }

  /// SHA-256 in 64 lower-case hex digits.
  public static String sha256(byte[] bytes) {
    try {
      return HEX.formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private void write(@Nullable Object value, int depth) {
    if (depth > MAX_DEPTH) {
      throw new IllegalArgumentException("JSON is nested deeper than " + MAX_DEPTH);
    }
    switch (value) {
      case null -> out.append("null");
      case JsonNode node -> writeNode(node, depth);
      case Map<?, ?> map -> writeMembers(sorted(map), depth);
      case List<?> list -> writeItems(list, depth);
      case String string -> writeString(string);
      case Boolean bool -> out.append(bool);
      case Number number -> out.append(number(number));
      default ->
          throw new IllegalArgumentException(value.getClass().getSimpleName() + " is not JSON");
    }
  }

  private void writeNode(JsonNode node, int depth) {
    switch (node.getNodeType()) {
      case NULL -> out.append("null");
      case BOOLEAN -> out.append(node.booleanValue());
      case STRING -> writeString(node.textValue());
      case NUMBER -> out.append(number(node.numberValue()));
      case ARRAY -> writeItems(List.copyOf(node.valueStream().toList()), depth);
      case OBJECT -> {
        SortedMap<String, Object> members = new TreeMap<>();
        node.propertyStream().forEach(member -> members.put(member.getKey(), member.getValue()));
        writeMembers(members, depth);
      }
      default -> throw new IllegalArgumentException(node.getNodeType() + " is not JSON");
    }
  }

  // String.compareTo compares UTF-16 code units, as RFC 8785 wants it.
  private static SortedMap<String, @Nullable Object> sorted(Map<?, ?> map) {
    SortedMap<String, @Nullable Object> members = new TreeMap<>();
    map.forEach((key, value) -> {
      if (!(key instanceof String name)) {
        throw new IllegalArgumentException("member names of JSON are text");
      }
      members.put(name, value);
    });
    return members;
  }

  private void writeMembers(SortedMap<String, ? extends @Nullable Object> members, int depth) {
    char separator = '{';
    for (Map.Entry<String, ? extends @Nullable Object> member : members.entrySet()) {
      out.append(separator);
      writeString(member.getKey());
      out.append(':');
      write(member.getValue(), depth + 1);
      separator = ',';
    }
    out.append(members.isEmpty() ? "{}" : "}");
  }

  private void writeItems(List<?> items, int depth) {
    char separator = '[';
    for (Object item : items) {
      out.append(separator);
      write(item, depth + 1);
      separator = ',';
    }
    out.append(items.isEmpty() ? "[]" : "]");
  }

  private void writeString(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isSurrogate(c)) {
        i = writePair(text, i);
        continue;
      }
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < ' ') {
            out.append("\\u00").append(HEX.toHexDigits((byte) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }

  private int writePair(String text, int high) {
    if (high + 1 == text.length()
        || !Character.isSurrogatePair(text.charAt(high), text.charAt(high + 1))) {
      throw new IllegalArgumentException("text has half a character (a lone surrogate)");
    }
    out.append(text, high, high + 2);
    return high + 1;
  }

  private static String number(Number number) {
    return switch (number) {
      case Integer i -> i.toString();
      case Long l -> integer(BigInteger.valueOf(l));
      case BigInteger big -> integer(big);
      case Float f -> real(f.doubleValue());
      case Double d -> real(d);
      case BigDecimal big -> real(big.doubleValue());
      case Short s -> s.toString();
      case Byte b -> b.toString();
      default ->
          throw new IllegalArgumentException(number.getClass().getSimpleName() + " is not JSON");
    };
  }

  private static String integer(BigInteger value) {
    double nearest = value.doubleValue();
    if (Double.isInfinite(nearest) || !new BigDecimal(nearest).toBigInteger().equals(value)) {
      throw new IllegalArgumentException("an integer beyond 2^53 must be written as text");
    }
    return real(nearest);
  }

  /// Writes a number as ECMAScript does: the shortest digits that read back as the same double.
  static String real(double value) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      throw new IllegalArgumentException("JSON has no such number: " + value);
    }
    if (value == 0) {
      return "0";
    }
    BigDecimal shortest = shortest(Math.abs(value));
    String digits = shortest.unscaledValue().toString();
    int point = digits.length() - shortest.scale();
    return (value < 0 ? "-" : "") + place(digits, point);
  }

  // Java spells at least two digits (4.9E-324) where ECMAScript is content with one (5e-324).
  private static BigDecimal shortest(double value) {
    BigDecimal digits = new BigDecimal(Double.toString(value)).stripTrailingZeros();
    BigDecimal one = digits.round(new MathContext(1));
    return digits.precision() == 2 && one.doubleValue() == value
        ? one.stripTrailingZeros()
        : digits;
  }

  private static String place(String digits, int point) {
    int length = digits.length();
    if (length <= point && point <= 21) {
      return digits + "0".repeat(point - length);
    }
    if (0 < point && point <= 21) {
      return digits.substring(0, point) + "." + digits.substring(point);
    }
    if (-6 < point && point <= 0) {
      return "0." + "0".repeat(-point) + digits;
    }
    String mantissa = length == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
    return mantissa + "e" + (point > 0 ? "+" : "-") + Math.abs(point - 1);
  }
}
