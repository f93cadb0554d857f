package ai.rails.enclave.classifier;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/// Trains the offline model. It uses no network and no key, costs nothing, and is no language
/// model.
public final class OfflineClassifier {
  public static final String NAME = "offline-classifier";

  private OfflineClassifier() {}

  /// Trained at first use; the holder makes that happen once.
  private static final class Standard {
    private static final Model MODEL = train(SyntheticTickets.training());
  }

  /// The model that the product ships: trained on synthetic tickets only, the same bytes
  /// everywhere.
  public static Model standard() {
    return Standard.MODEL;
  }

  public static Model train(List<LabelledText> texts) {
    return train(texts, Training.STANDARD);
  }

  public static Model train(List<LabelledText> texts, Training training) {
    List<String> labels =
        List.copyOf(new TreeSet<>(texts.stream().map(LabelledText::label).toList()));
    if (labels.size() < 2) {
      throw new IllegalArgumentException(
          "a classifier needs at least two categories; these "
              + texts.size()
              + " texts have "
              + labels.size());
    }
    List<List<String>> terms = texts.stream().map(each -> Terms.of(each.text())).toList();
    Vocabulary vocabulary = Vocabulary.of(terms, training.leastTexts());
    List<SparseVector> vectors = new ArrayList<>(terms.size());
    terms.forEach(each -> vectors.add(vocabulary.vector(each)));
    int[] targets = texts.stream().mapToInt(each -> labels.indexOf(each.label())).toArray();
    return new Model(
        labels,
        vocabulary,
        Logistic.trained(vectors, targets, labels.size(), vocabulary.size(), training));
  }
}
