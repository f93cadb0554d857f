package ai.rails.enclave.classifier;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/// Measures triage on a file of real tickets: trained on the rows with `fold=train`, measured on
/// those with `fold=valid`.
public final class TriageBench {
  private TriageBench() {}

  /// @param modelBytes the size of the model's file
  public record Result(
      int trainingTexts,
      Evaluation evaluation,
      double trainingSeconds,
      double millisecondsPerTicket,
      String modelId,
      int modelBytes) {}

  /// Runs over a file with the columns `text`, `category` and `fold`; `nanoTime` is a monotonic
  /// clock.
  public static Result run(Path file, Training training, LongSupplier nanoTime) {
    List<Map<String, String>> rows = Csv.read(file);
    List<LabelledText> train = fold(rows, "train");
    List<LabelledText> valid = fold(rows, "valid");
    if (train.isEmpty() || valid.isEmpty()) {
      throw new IllegalArgumentException(
          file + " needs rows with fold=train and rows with fold=valid");
    }
    long start = nanoTime.getAsLong();
    Model model = OfflineClassifier.train(train, training);
    long trained = nanoTime.getAsLong();
    Evaluation evaluation = Evaluation.of(model, valid);
    long evaluated = nanoTime.getAsLong();
    return new Result(
        train.size(),
        evaluation,
        (trained - start) / 1e9,
        (evaluated - trained) / 1e6 / valid.size(),
        model.id(),
        model.bytes().length);
  }

  private static List<LabelledText> fold(List<Map<String, String>> rows, String fold) {
    return rows.stream()
        .filter(row -> fold.equals(row.get("fold")))
        .map(
            row -> new LabelledText(row.getOrDefault("text", ""), row.getOrDefault("category", "")))
        .toList();
  }
}
