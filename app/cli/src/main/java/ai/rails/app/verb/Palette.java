package ai.rails.app.verb;

import java.util.Map;

import picocli.CommandLine.Help.Ansi;

/// Colours for the words that people look for; none where there is no terminal, or with NO_COLOR.
public final class Palette {
  /// No colours.
  public static final Palette PLAIN = new Palette(Ansi.OFF);

  private static final Map<String, String> STYLES =
      Map.ofEntries(
          Map.entry("COMPLETED", "green"),
          Map.entry("APPROVED", "green"),
          Map.entry("PASSED", "green"),
          Map.entry("VERIFIED", "green"),
          Map.entry("NOT VERIFIED", "red"),
          Map.entry("PASS", "green"),
          Map.entry("FAIL", "red"),
          Map.entry("UNKNOWN", "yellow"),
          Map.entry("OPEN", "yellow"),
          Map.entry("WAITING", "yellow"),
          Map.entry("AT_GATE", "yellow"),
          Map.entry("AMBIGUOUS", "red"),
          Map.entry("DEAD", "red"),
          Map.entry("DENIED", "red"),
          Map.entry("EXPIRED", "red"),
          Map.entry("FAILED", "red"),
          Map.entry("REFUSED", "red"),
          Map.entry("CANCELLED", "red"));

  private final Ansi ansi;

  public Palette(Ansi ansi) {
    this.ansi = ansi;
  }

  /// A cell, coloured when its text is one of those words. Its width on the screen stays.
  public String cell(String padded) {
    String style = STYLES.get(padded.strip());
    return style == null ? padded : paint(style, padded);
  }

  public String heading(String text) {
    return paint("bold", text);
  }

  private String paint(String style, String text) {
    return ansi.enabled() ? ansi.string("@|" + style + " " + text + "|@") : text;
  }
}
