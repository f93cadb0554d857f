package ai.rails.command.policy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Policies with one mistake each: a condition left out, a comparison turned round or off by one, a
/// negation or a whole rule forgotten.
final class RegoMutants {
  private static final List<Map.Entry<String, String>> SWAPS =
      List.of(
          Map.entry(" <= ", " < "),
          Map.entry(" < ", " <= "),
          Map.entry(" >= ", " > "),
          Map.entry(" > ", " >= "),
          Map.entry(" == ", " != "),
          Map.entry(" != ", " == "),
          Map.entry("not ", ""),
          Map.entry("max(", "min("),
          Map.entry("min(", "max("),
          Map.entry(" + ", " - "),
          Map.entry(" - ", " + "));

  private RegoMutants() {}

  /// One mistake.
  ///
  /// @param file below the folder of policies
  /// @param line from 1
  record Mutant(Path file, int line, String what, String text) {
    @Override
    public String toString() {
      return "%s:%s %s".formatted(file, line, what);
    }
  }

  /// Every mistake in every policy below a folder; tests are left alone.
  static List<Mutant> of(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> file.toString().endsWith(".rego"))
          .filter(file -> !file.toString().endsWith("_test.rego"))
          .sorted()
          .flatMap(file -> in(folder, file).stream())
          .toList();
    }
  }

  private static List<Mutant> in(Path folder, Path file) {
    List<String> lines = lines(file);
    Path path = folder.relativize(file);
    List<Mutant> mutants = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      int number = i + 1;
      if (line.isBlank() || line.startsWith("#") || line.startsWith("import ")) {
        continue;
      }
      if (condition(lines, i)) {
        mutants.add(new Mutant(path, number, "without", without(lines, i, i)));
      }
      if (line.startsWith("verdicts contains") || line.startsWith("findings contains")) {
        mutants.add(new Mutant(path, number, "no rule", without(lines, i, end(lines, i))));
      }
      for (Map.Entry<String, String> swap : SWAPS) {
        int at = line.indexOf(swap.getKey());
        if (at >= 0) {
          String changed =
              line.substring(0, at) + swap.getValue() + line.substring(at + swap.getKey().length());
          mutants.add(new Mutant(path, number, swap.toString().strip(), with(lines, i, changed)));
        }
      }
    }
    return mutants;
  }

  /// A line that stands alone in the body of a rule or of an `every`.
  private static boolean condition(List<String> lines, int at) {
    String line = lines.get(at);
    if (!line.startsWith("\t")
        || line.endsWith("{")
        || line.endsWith(",")
        || line.strip().startsWith("}")
        || line.contains(" := ")) {
      return false;
    }
    int opening = at;
    String outer = line.substring(0, line.length() - line.stripLeading().length() - 1);
    while (opening > 0
        && !(lines.get(opening).startsWith(outer)
            && !lines.get(opening).startsWith(outer + "\t"))) {
      opening--;
    }
    String head = lines.get(opening);
    return head.endsWith("if {") || (head.strip().startsWith("every ") && head.endsWith("{"));
  }

  /// The last line of the rule that begins here.
  private static int end(List<String> lines, int from) {
    if (!lines.get(from).endsWith("{")) {
      return from;
    }
    int depth = 0;
    for (int i = from; i < lines.size(); i++) {
      String line = lines.get(i);
      depth += (int) line.chars().filter(c -> c == '{').count();
      depth -= (int) line.chars().filter(c -> c == '}').count();
      if (depth == 0) {
        return i;
      }
    }
    return lines.size() - 1;
  }

  private static String without(List<String> lines, int from, int to) {
    return String.join(
        "\n",
        IntStream.range(0, lines.size())
            .filter(i -> i < from || i > to)
            .mapToObj(lines::get)
            .toList());
  }

  private static String with(List<String> lines, int at, String line) {
    List<String> changed = new ArrayList<>(lines);
    changed.set(at, line);
    return String.join("\n", changed);
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
