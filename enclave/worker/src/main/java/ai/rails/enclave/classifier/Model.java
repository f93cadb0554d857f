package ai.rails.enclave.classifier;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/// A trained offline classifier: immutable, so many threads may use it at once.
public final class Model {
  private final List<String> labels;
  private final Vocabulary vocabulary;
  private final Logistic logistic;
  private final byte[] bytes;

  Model(List<String> labels, Vocabulary vocabulary, Logistic logistic) {
    this.labels = List.copyOf(labels);
    this.vocabulary = vocabulary;
    this.logistic = logistic.rounded();
    this.bytes = ModelFile.write(this.labels, vocabulary, this.logistic);
  }

  /// Reads what [#bytes] gave; throws [IllegalArgumentException] when it was changed or is of
  /// another version.
  public static Model read(byte[] bytes) {
    return ModelFile.read(bytes);
  }

  /// `offline-classifier@sha256:<digest>`: what a workflow pins.
  public String id() {
    return OfflineClassifier.NAME + "@sha256:" + ModelFile.digest(bytes);
  }

  public byte[] bytes() {
    return bytes.clone();
  }

  public List<String> labels() {
    return labels;
  }

  /// The category of a text. A text without any known word gets the categories' frequencies as
  /// confidences.
  public Classification classify(String text) {
    double[] confidences = logistic.confidences(vocabulary.vector(Terms.of(text)));
    List<Ranked> ranking = new ArrayList<>();
    for (int i = 0; i < confidences.length; i++) {
      ranking.add(new Ranked(labels.get(i), confidences[i]));
    }
    ranking.sort(
        Comparator.comparingDouble(Ranked::confidence).reversed().thenComparing(Ranked::label));
    return new Classification(ranking.getFirst().label(), ranking.getFirst().confidence(), ranking);
  }

  /// The sentences that say most of the text, in their order.
  public Summary summarise(String text, int mostSentences) {
    return new Extract(vocabulary).summary(text, mostSentences);
  }
}
