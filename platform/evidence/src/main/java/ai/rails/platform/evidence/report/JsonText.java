package ai.rails.platform.evidence.report;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Writes maps, lists, text, whole numbers and booleans as JSON, members sorted by UTF-16 units as
/// RFC 8785 has it. The same value gives the same bytes. [#canonical] is RFC 8785 itself, [#pretty]
/// the same with line breaks for people.
final class JsonText {
  /// Beyond this, readers that hold numbers as IEEE doubles see another one; written as text.
  private static final long EXACT = (1L << 53) - 1;

  private final StringBuilder out = new StringBuilder(1_024);
  private final boolean lines;

  private JsonText(boolean lines) {
    this.lines = lines;
  }

  static byte[] canonical(Object value) {
    return text(value, false).getBytes(StandardCharsets.UTF_8);
  }

  static byte[] pretty(Object value) {
    return (text(value, true) + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private static String text(Object value, boolean lines) {
    var json = new JsonText(lines);
    json.write(value, 1);
    return json.out.toString();
  }

  private void write(Object value, int depth) {
    switch (value) {
      case Map<?, ?> map -> members(map, depth);
      case List<?> list -> items(list, depth);
      case String text -> string(text);
      case Boolean bool -> out.append(bool.booleanValue());
      case Integer number -> out.append(number.intValue());
      case Long number -> number(number);
      default -> throw new IllegalStateException("no document has members of " + value.getClass());
    }
  }

  private void number(long number) {
    if (Math.abs(number) <= EXACT) {
      out.append(number);
    } else {
      string(Long.toString(number));
    }
  }

  private void members(Map<?, ?> map, int depth) {
    var sorted = new TreeMap<String, Object>();
    map.forEach((name, value) -> sorted.put((String) name, value));
    out.append('{');
    String separator = "";
    for (Map.Entry<String, Object> member : sorted.entrySet()) {
      out.append(separator);
      line(depth);
      string(member.getKey());
      out.append(lines ? ": " : ":");
      write(member.getValue(), depth + 1);
      separator = ",";
    }
    if (!sorted.isEmpty()) {
      line(depth - 1);
    }
    out.append('}');
  }

  private void items(List<?> list, int depth) {
    out.append('[');
    String separator = "";
    for (Object item : list) {
      out.append(separator);
      line(depth);
      write(item, depth + 1);
      separator = ",";
    }
    if (!list.isEmpty()) {
      line(depth - 1);
    }
    out.append(']');
  }

  private void line(int depth) {
    if (lines) {
      out.append('\n').append("  ".repeat(depth));
    }
  }

  private void string(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
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
            out.append("\\u00%02x".formatted((int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }
}
