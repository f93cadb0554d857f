package ai.rails.platform.evidence.report;

import java.nio.charset.StandardCharsets;
import java.util.List;

/// HTML under construction. Whatever comes from an entry goes through [#text]; raw markup is only
/// what this package's own constants say.
final class Html {
  private final StringBuilder out = new StringBuilder(16_384);

  /// Markup of our own.
  Html raw(String markup) {
    out.append(markup);
    return this;
  }

  /// Text of anybody's.
  Html text(String text) {
    out.append(escape(text));
    return this;
  }

  Html element(String name, String text) {
    return raw("<" + name + ">").text(text).raw("</" + name + ">");
  }

  /// An element with classes of our own.
  Html element(String name, String classes, String text) {
    return raw("<" + name + " class=\"" + classes + "\">").text(text).raw("</" + name + ">");
  }

  Html code(String text) {
    return element("code", text);
  }

  /// One term with its description.
  Html fact(String term, String description) {
    return raw("<div>").element("dt", term).element("dd", description).raw("</div>\n");
  }

  /// One term with a hash or id, across the whole width.
  Html hash(String term, String value) {
    return raw("<div class=\"wide\">")
        .element("dt", term)
        .raw("<dd>")
        .code(value)
        .raw("</dd></div>\n");
  }

  Html open(String id, String title, String lead) {
    raw("<section aria-labelledby=\"" + id + "\">\n<h2 id=\"" + id + "\">").text(title);
    return raw("</h2>\n").element("p", "lead", lead).raw("\n");
  }

  Html close() {
    return raw("</section>\n");
  }

  /// A table's beginning; columns whose title begins with `#` hold numbers.
  Html table(String caption, List<String> columns) {
    raw("<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"").text(caption);
    raw("\"><table>\n<caption>").text(caption).raw("</caption>\n<thead><tr>");
    for (String column : columns) {
      boolean number = column.startsWith("#");
      raw(number ? "<th scope=\"col\" class=\"n\">" : "<th scope=\"col\">")
          .text(number ? column.substring(1) : column)
          .raw("</th>");
    }
    return raw("</tr></thead>\n<tbody>\n");
  }

  Html endTable() {
    return raw("</tbody></table></div>\n");
  }

  byte[] bytes() {
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  static String escape(String text) {
    var safe = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(c -> {
          switch (c) {
            case '&' -> safe.append("&amp;");
            case '<' -> safe.append("&lt;");
            case '>' -> safe.append("&gt;");
            case '"' -> safe.append("&quot;");
            case '\'' -> safe.append("&#39;");
            default -> {
              if (shown(c)) {
                safe.appendCodePoint(c);
              } else {
                safe.append("\u27e8U+%04X\u27e9".formatted(c));
              }
            }
          }
        });
    return safe.toString();
  }

  /// Control characters and those that turn the direction of text could show something else than is
  /// there. The ranges are written out, so that no Java's Unicode tables change a report.
  private static boolean shown(int c) {
    boolean control = (c < ' ' && c != '\n') || (c >= 0x7f && c < 0xa0);
    boolean direction =
        (c >= 0x200b && c <= 0x200f)
            || (c >= 0x2028 && c <= 0x202e)
            || (c >= 0x2060 && c <= 0x206f);
    boolean noCharacter = (c >= 0xd800 && c <= 0xdfff) || c == 0xfeff || c == 0xfffe || c == 0xffff;
    return !control && !direction && !noCharacter;
  }
}
