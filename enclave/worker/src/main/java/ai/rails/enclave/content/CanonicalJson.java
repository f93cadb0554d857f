package ai.rails.enclave.content;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.JsonNode;

/// JSON in the one form that RFC 8785 allows, so that equal values have equal digests.
///
/// Numbers are IEEE doubles there: an integer beyond 2^53 would silently become another one, and is
/// refused.
public final class CanonicalJson {
  private static final long EXACT_MAX = 1L << 53;
  private static final int DEPTH_MAX = 64;

  private CanonicalJson() {}

  /// @throws IllegalArgumentException for what has no canonical form: NaN, integers beyond 2^53,
  ///   unpaired surrogates, more than 64 levels
  public static byte[] bytes(JsonNode value) {
    var out = new StringBuilder();
    write(value, out, 0);
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static void write(JsonNode value, StringBuilder out, int depth) {
    if (depth > DEPTH_MAX) {
      throw new IllegalArgumentException("JSON is nested deeper than " + DEPTH_MAX + " levels");
    }
    switch (value.getNodeType()) {
      case OBJECT -> object(value, out, depth);
      case ARRAY -> array(value, out, depth);
      case STRING -> string(value.textValue(), out);
      case NUMBER -> out.append(number(value));
      case BOOLEAN -> out.append(value.booleanValue());
      case NULL -> out.append("null");
      case BINARY, MISSING, POJO ->
          throw new IllegalArgumentException("not JSON: " + value.getNodeType());
    }
  }

  private static void object(JsonNode value, StringBuilder out, int depth) {
    var sorted = new TreeMap<String, JsonNode>();
    for (Map.Entry<String, JsonNode> member : value.properties()) {
      sorted.put(member.getKey(), member.getValue());
    }
    String separator = "";
    out.append('{');
    for (Map.Entry<String, JsonNode> member : sorted.entrySet()) {
      out.append(separator);
      string(member.getKey(), out);
      out.append(':');
      write(member.getValue(), out, depth + 1);
      separator = ",";
    }
    out.append('}');
  }

  private static void array(JsonNode value, StringBuilder out, int depth) {
    String separator = "";
    out.append('[');
    for (JsonNode item : value) {
      out.append(separator);
      write(item, out, depth + 1);
      separator = ",";
    }
    out.append(']');
  }

  private static void string(String text, StringBuilder out) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      requirePaired(text, i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < 0x20) {
            out.append("\\u%04x".formatted((int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }

  private static void requirePaired(String text, int i) {
    char c = text.charAt(i);
    boolean paired =
        !Character.isSurrogate(c)
            || (Character.isHighSurrogate(c)
                ? i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))
                : i > 0 && Character.isHighSurrogate(text.charAt(i - 1)));
    if (!paired) {
      throw new IllegalArgumentException("text holds half a character at index " + i);
    }
  }

  private static String number(JsonNode value) {
    if (value.isIntegralNumber()) {
      if (!value.canConvertToLong()
          || value.longValue() > EXACT_MAX
          || value.longValue() < -EXACT_MAX) {
        throw new IllegalArgumentException("an integer beyond 2^53 has no exact canonical form");
      }
      return Long.toString(value.longValue());
    }
    return number(value.doubleValue());
  }

  /// ECMAScript's text of a double: the shortest digits that read back as the same double.
  static String number(double value) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException("a number that is not finite has no canonical form");
    }
    if (value == 0) {
      return "0";
    }
    var shortest = new BigDecimal(Double.toString(Math.abs(value))).stripTrailingZeros();
    String digits = shortest.unscaledValue().toString();
    int point = digits.length() - shortest.scale();
    return (value < 0 ? "-" : "") + place(digits, point);
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
    String fraction = length == 1 ? "" : "." + digits.substring(1);
    return digits.charAt(0) + fraction + "e" + (point > 0 ? "+" : "-") + Math.abs(point - 1);
  }
}
