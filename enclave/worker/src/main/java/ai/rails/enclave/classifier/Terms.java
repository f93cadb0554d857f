package ai.rails.enclave.classifier;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Cuts a text into lower-case words, and those into single words and pairs of neighbours.
final class Terms {
  private static final int LONGEST_WORD = 40;

  private Terms() {}

  /// Runs of letters and digits with at least two characters; longer runs than forty characters are
  /// keys or noise and are left out.
  static List<String> words(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    List<String> words = new ArrayList<>();
    int start = -1;
    for (int i = 0; i <= lower.length(); i++) {
      boolean inside = i < lower.length() && Character.isLetterOrDigit(lower.charAt(i));
      if (inside && start < 0) {
        start = i;
      } else if (!inside && start >= 0) {
        if (i - start >= 2 && i - start <= LONGEST_WORD) {
          words.add(lower.substring(start, i));
        }
        start = -1;
      }
    }
    return words;
  }

  static List<String> of(String text) {
    List<String> words = words(text);
    List<String> terms = new ArrayList<>(words);
    for (int i = 1; i < words.size(); i++) {
      terms.add(words.get(i - 1) + " " + words.get(i));
    }
    return terms;
  }
}
