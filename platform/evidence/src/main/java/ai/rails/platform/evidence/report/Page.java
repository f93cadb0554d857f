package ai.rails.platform.evidence.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/// The frame of a report: one file, no script, nothing loaded from anywhere, and a policy in it
/// that keeps it so.
final class Page {
  private static final String STYLE = style();

  private Page() {}

  /// The beginning, up to the first section.
  ///
  /// @param contents anchor to title
  static Html open(
      String kind, String title, String lead, List<Map.Entry<String, String>> contents) {
    var html = new Html();
    html.raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    html.raw("<meta http-equiv=\"Content-Security-Policy\" ");
    html.raw("content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; ");
    html.raw("form-action 'none'\">\n");
    html.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    html.raw("<meta name=\"referrer\" content=\"no-referrer\">\n<title>");
    html.text(kind + " " + title).raw("</title>\n<style>\n").raw(STYLE).raw("</style>\n");
    html.raw("</head>\n<body>\n<a class=\"skip\" href=\"#main\">To the report</a>\n<header>\n");
    html.element("p", "kind", kind).raw("\n").element("h1", title).raw("\n");
    html.element("p", "lead", lead).raw("\n<nav aria-label=\"Contents\"><ul>");
    for (Map.Entry<String, String> each : contents) {
      html.raw("<li><a href=\"#" + each.getKey() + "\">").text(each.getValue()).raw("</a></li>");
    }
    return html.raw("</ul></nav>\n</header>\n<main id=\"main\">\n");
  }

  static byte[] close(Html html, String last) {
    html.raw("</main>\n<footer>").element("p", last).raw("</footer>\n</body>\n</html>\n");
    return html.bytes();
  }

  private static String style() {
    try (InputStream in = Page.class.getResourceAsStream("report.css")) {
      if (in == null) {
        throw new IllegalStateException("report.css is not on the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
