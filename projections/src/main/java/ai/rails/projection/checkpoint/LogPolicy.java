package ai.rails.projection.checkpoint;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

import ai.rails.domain.checkpoint.TlogPolicy;
import ai.rails.domain.checkpoint.VerifierKey;

/// A cell's tlog-policy, narrowed to one of its logs. One key pair signs all logs of a cell, each
/// under its own name; the cell's policy names the key once, by what the origins begin with.
///
/// @param text of the narrowed policy, as a bundle carries it
public record LogPolicy(String origin, String text) {
  private static final Pattern BLANK = Pattern.compile("[ \t]+");

  /// @param cell the cell's policy
  /// @throws IllegalArgumentException if a log's line has no verifier key
  public static LogPolicy of(String cell, String origin) {
    List<String> lines = new ArrayList<>();
    for (String line : cell.split("\n", -1)) {
      String[] words = BLANK.split(line.strip());
      if (!words[0].equals("log")) {
        lines.add(line);
      } else if (words.length > 1) {
        VerifierKey key = VerifierKey.parse(words[1]);
        if (origin.equals(key.name()) || origin.startsWith(key.name() + "/")) {
          words[1] = new VerifierKey(origin, key.type(), key.publicKey()).toString();
          lines.add(String.join(" ", words));
        }
      }
    }
    return new LogPolicy(origin, String.join("\n", lines));
  }

  /// @throws IllegalArgumentException naming the line that is wrong
  public TlogPolicy policy() {
    return TlogPolicy.parse(text);
  }
}
