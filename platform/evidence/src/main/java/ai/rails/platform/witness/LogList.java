package ai.rails.platform.witness;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

import ai.rails.domain.checkpoint.VerifierKey;

/// The logs that a witness cosigns, one rule a line:
///
/// ```
/// log <vkey>     one log: its origin is the key's name
/// logs <vkey>    any log whose origin begins with the key's name and a slash
/// ```
///
/// The second form serves a cell: one key pair signs the logs of all its workspaces, under each
/// log's own name. A log may have several lines, as while its key is being replaced. Lines may end
/// in an address, which is not used, and `#` begins a comment, so the `log` lines of a tlog-policy
/// file can be taken as they are. Immutable.
public final class LogList {
  private static final int LINES_MAX = 10_000;
  private static final int BYTES_MAX = 4 << 20;
  private static final Pattern BLANK = Pattern.compile("[ \t]+");

  private final List<Rule> rules;

  private LogList(List<Rule> rules) {
    this.rules = List.copyOf(rules);
  }

  private record Rule(VerifierKey key, boolean all) {
    boolean admits(String origin) {
      return all ? origin.startsWith(key.name() + "/") : origin.equals(key.name());
    }
  }

  /// @throws IllegalArgumentException naming the line that is wrong
  public static LogList parse(String text) {
    String[] lines = text.split("\n", -1);
    if (lines.length > LINES_MAX) {
      throw new IllegalArgumentException("a list has at most %d lines".formatted(LINES_MAX));
    }
    var rules = new ArrayList<Rule>();
    for (int i = 0; i < lines.length; i++) {
      String line = lines[i].strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      try {
        rules.add(rule(BLANK.split(line)));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("line %d: %s".formatted(i + 1, e.getMessage()), e);
      }
    }
    return new LogList(rules);
  }

  /// @throws IOException if the file can not be read
  /// @throws IllegalArgumentException naming the line that is wrong
  public static LogList read(Path file) throws IOException {
    if (Files.size(file) > BYTES_MAX) {
      throw new IllegalArgumentException("%s has more than %d bytes".formatted(file, BYTES_MAX));
    }
    return parse(Files.readString(file, StandardCharsets.UTF_8));
  }

  /// The keys that may sign a log, under the log's name; none if the log is unknown.
  public List<VerifierKey> keys(String origin) {
    return rules.stream()
        .filter(rule -> rule.admits(origin))
        .map(rule -> rule.key.named(origin))
        .distinct()
        .toList();
  }

  private static Rule rule(String[] words) {
    boolean known = words[0].equals("log") || words[0].equals("logs");
    if (!known || words.length < 2 || words.length > 3) {
      throw new IllegalArgumentException("a line is: log <vkey> [<url>], or logs <vkey> [<url>]");
    }
    VerifierKey key = VerifierKey.parse(words[1]);
    if (key.type() != VerifierKey.Type.ED25519) {
      throw new IllegalArgumentException("this key is a witness's, not a log's");
    }
    return new Rule(key, words[0].equals("logs"));
  }
}
