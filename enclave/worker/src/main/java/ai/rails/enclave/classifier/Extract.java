package ai.rails.enclave.classifier;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/// Scores sentences by how much of the whole text's TF-IDF vector they hold. A word that the
/// vocabulary does not know counts for nothing.
record Extract(Vocabulary vocabulary) {
  private static final Pattern END = Pattern.compile("(?<=[.!?])\\s+|[\\r\\n]+");

  Summary summary(String text, int mostSentences) {
    if (mostSentences < 1) {
      throw new IllegalArgumentException(
          "a summary has at least one sentence, not " + mostSentences);
    }
    List<String> sentences =
        END.splitAsStream(text)
            .map(String::strip)
            .filter(each -> !each.isEmpty())
            .distinct()
            .toList();
    SparseVector whole = vocabulary.vector(Terms.of(text));
    List<Double> scores = new ArrayList<>();
    sentences.forEach(each -> scores.add(overlap(vocabulary.vector(Terms.of(each)), whole)));
    List<String> best =
        IntStream.range(0, sentences.size())
            .boxed()
            .sorted(
                Comparator.comparing((Integer i) -> scores.get(i)).reversed().thenComparing(i -> i))
            .limit(mostSentences)
            .sorted()
            .map(sentences::get)
            .toList();
    return new Summary(Summary.EXTRACTIVE, best);
  }

  private static double overlap(SparseVector one, SparseVector other) {
    double sum = 0;
    int at = 0;
    for (int i = 0; i < one.size(); i++) {
      while (at < other.size() && other.index(at) < one.index(i)) {
        at++;
      }
      if (at < other.size() && other.index(at) == one.index(i)) {
        sum += one.value(i) * other.value(at);
      }
    }
    return sum;
  }
}
