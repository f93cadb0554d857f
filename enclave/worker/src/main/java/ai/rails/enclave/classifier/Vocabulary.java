package ai.rails.enclave.classifier;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The terms of the training texts in alphabetical order, with their inverse document frequency;
/// makes TF-IDF vectors.
final class Vocabulary {
  private final List<String> terms;
  private final float[] idf;
  private final Map<String, Integer> index;

  /// `idf` is this object's from then on.
  Vocabulary(List<String> terms, float[] idf) {
    if (terms.size() != idf.length) {
      throw new IllegalArgumentException(
          terms.size() + " terms have " + idf.length + " frequencies");
    }
    this.terms = List.copyOf(terms);
    this.idf = idf;
    this.index = HashMap.newHashMap(terms.size());
    for (int i = 0; i < terms.size(); i++) {
      index.put(terms.get(i), i);
    }
  }

  /// Keeps the terms that at least `leastTexts` texts hold.
  static Vocabulary of(List<List<String>> texts, int leastTexts) {
    Map<String, Integer> frequency = new HashMap<>();
    texts.forEach(
        text -> new HashSet<>(text).forEach(term -> frequency.merge(term, 1, Integer::sum)));
    TreeMap<String, Integer> kept = new TreeMap<>();
    frequency.forEach((term, count) -> {
      if (count >= leastTexts) {
        kept.put(term, count);
      }
    });
    float[] idf = new float[kept.size()];
    List<String> terms = new ArrayList<>(kept.size());
    kept.forEach((term, count) -> {
      idf[terms.size()] = (float) (StrictMath.log((1.0 + texts.size()) / (1.0 + count)) + 1.0);
      terms.add(term);
    });
    return new Vocabulary(terms, idf);
  }

  int size() {
    return terms.size();
  }

  String term(int position) {
    return terms.get(position);
  }

  float idf(int position) {
    return idf[position];
  }

  /// Sublinear term frequency times idf, scaled to length one; terms that are not in the vocabulary
  /// are left out.
  SparseVector vector(List<String> text) {
    Map<Integer, Integer> counts = new TreeMap<>();
    for (String term : text) {
      Integer position = index.get(term);
      if (position != null) {
        counts.merge(position, 1, Integer::sum);
      }
    }
    int[] indices = new int[counts.size()];
    float[] values = new float[counts.size()];
    int next = 0;
    double squares = 0;
    for (Map.Entry<Integer, Integer> each : counts.entrySet()) {
      double value = (1.0 + StrictMath.log(each.getValue())) * idf[each.getKey()];
      indices[next] = each.getKey();
      values[next++] = (float) value;
      squares += value * value;
    }
    float length = (float) Math.sqrt(squares);
    for (int i = 0; i < values.length; i++) {
      values[i] /= length;
    }
    return new SparseVector(indices, values);
  }
}
