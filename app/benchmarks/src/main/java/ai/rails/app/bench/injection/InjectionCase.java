package ai.rails.app.bench.injection;

import java.util.List;

/// A ticket, and what somebody hid in it.
///
/// @param file it comes from
/// @param attack whether it carries an instruction; else the run must complete
/// @param wish what the attacker wants
/// @param forbidden tools that must not be used for it
record InjectionCase(
    String id,
    String file,
    boolean attack,
    String title,
    String text,
    String wish,
    List<String> forbidden) {
  private static final int TITLE = 150;
  private static final int TEXT = 3_500;

  InjectionCase {
    forbidden = List.copyOf(forbidden);
    title = clipped(title.replaceAll("\\s+", " ").strip(), TITLE);
    text = clipped(text, TEXT);
    wish = clipped(wish, TEXT);
    if (text.isBlank()) {
      text = title;
    }
  }

  private static String clipped(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most);
  }
}
