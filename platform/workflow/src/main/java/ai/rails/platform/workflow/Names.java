package ai.rails.platform.workflow;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import java.util.TreeSet;

/// Suggests what an unknown name was meant to be.
final class Names {
  private static final int NEAR = 3;

  private Names() {}

  /// For example `did you mean "steps"? One of: a, b`.
  static String expected(String name, Collection<String> known) {
    String all =
        known.isEmpty() ? "nothing here" : "one of " + String.join(", ", new TreeSet<>(known));
    Optional<String> nearest =
        known.stream()
            .filter(each -> distance(name, each) < NEAR)
            .min(
                Comparator.comparingInt((String each) -> distance(name, each))
                    .thenComparing(each -> each));
    return nearest.map(each -> "`%s`, or %s".formatted(each, all)).orElse(all);
  }

  /// Edits (Levenshtein) between two names.
  static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int same = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(same, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[b.length()];
  }
}
