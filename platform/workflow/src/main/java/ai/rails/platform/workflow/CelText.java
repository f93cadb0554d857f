package ai.rails.platform.workflow;

import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Finds names in the text of an expression, outside of its string literals and comments.
final class CelText {
  // Literals and comments first, so that names within them are not taken for names.
  private static final Pattern PART =
      Pattern.compile(
          "\"\"\".*?\"\"\"|'''.*?'''|[rRbB]?\"(?:[^\"\\\\]|\\\\.)*\"|[rRbB]?'(?:[^'\\\\]|\\\\.)*'"
              + "|//[^\\n]*|(?<name>(?<![\\w.])[A-Za-z_]\\w*(?:\\.[A-Za-z_]\\w*)*)",
          Pattern.DOTALL);

  private CelText() {}

  /// Whether a name is used as a root.
  static boolean mentions(String cel, String root) {
    return names(cel).stream().anyMatch(name -> name.equals(root) || name.startsWith(root + "."));
  }

  /// All dotted names.
  static Set<String> names(String cel) {
    Set<String> names = new TreeSet<>();
    Matcher matcher = PART.matcher(cel);
    while (matcher.find()) {
      String name = matcher.group("name");
      if (name != null) {
        names.add(name);
      }
    }
    return names;
  }

  /// Replaces dotted names.
  static String replaceNames(String cel, UnaryOperator<String> replacement) {
    return PART.matcher(cel)
        .replaceAll(match -> {
          String name = match.group("name");
          return Matcher.quoteReplacement(name == null ? match.group() : replacement.apply(name));
        });
  }
}
