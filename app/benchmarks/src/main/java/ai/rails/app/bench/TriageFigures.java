package ai.rails.app.bench;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

import ai.rails.app.embedded.Unavailable;
import ai.rails.enclave.classifier.Csv;
import ai.rails.enclave.classifier.Evaluation;
import ai.rails.enclave.classifier.LabelledText;
import ai.rails.enclave.classifier.Model;
import ai.rails.enclave.classifier.OfflineClassifier;

/// How well the offline classifier triages labelled tickets that it never saw.
///
/// @param model its id, which names its bytes
/// @param baseline what always saying the commonest category of the training would get
/// @param coverageAt90 share of the tickets with a confidence of at least 0.90
/// @param accuracyAt90 share of those that are right
/// @param seconds training and judging
public record TriageFigures(
    String model,
    int trainingTexts,
    int total,
    int correct,
    double accuracy,
    double macroF1,
    double baseline,
    double coverageAt90,
    double accuracyAt90,
    double calibrationError,
    double trainingSeconds,
    double seconds,
    double millisecondsPerTicket) {
  private static final String TRAIN = "train";
  private static final double NANOS_PER_SECOND = 1e9;
  private static final double NANOS_PER_MILLISECOND = 1e6;

  /// @param train its rows with fold=train are learnt; all of its rows when `tickets` is given
  /// @param tickets judged instead of the other rows of `train`
  static TriageFigures measure(Path train, Optional<Path> tickets, LongSupplier nanoTime) {
    List<Map<String, String>> rows = read(train);
    List<LabelledText> learnt = texts(train, rows, tickets.isPresent(), true);
    List<LabelledText> judged =
        tickets
            .map(file -> texts(file, read(file), true, true))
            .orElseGet(() -> texts(train, rows, false, false));
    return measure(learnt, judged, nanoTime);
  }

  /// Learns and judges.
  static TriageFigures measure(
      List<LabelledText> learnt, List<LabelledText> judged, LongSupplier nanoTime) {
    long began = nanoTime.getAsLong();
    Model model = OfflineClassifier.train(learnt);
    return judged(model, learnt, judged, new long[] {began, nanoTime.getAsLong()}, nanoTime);
  }

  /// Judges a model that is there already.
  static TriageFigures measure(
      Model model, List<LabelledText> learnt, List<LabelledText> judged, LongSupplier nanoTime) {
    long began = nanoTime.getAsLong();
    return judged(model, learnt, judged, new long[] {began, began}, nanoTime);
  }

  /// @param times when training began and ended
  private static TriageFigures judged(
      Model model,
      List<LabelledText> learnt,
      List<LabelledText> judged,
      long[] times,
      LongSupplier nanoTime) {
    Evaluation evaluation = Evaluation.of(model, judged);
    long evaluated = nanoTime.getAsLong();
    return new TriageFigures(
        model.id(),
        learnt.size(),
        evaluation.total(),
        evaluation.correct(),
        evaluation.accuracy(),
        evaluation.macroF1(),
        baseline(learnt.isEmpty() ? judged : learnt, judged),
        evaluation.coverageAt90(),
        evaluation.accuracyAt90(),
        evaluation.calibrationError(),
        (times[1] - times[0]) / NANOS_PER_SECOND,
        (evaluated - times[0]) / NANOS_PER_SECOND,
        (evaluated - times[1]) / NANOS_PER_MILLISECOND / judged.size());
  }

  private static List<Map<String, String>> read(Path file) {
    if (!Files.isReadable(file)) {
      throw new Unavailable(file + " can not be read; name a CSV with text and category");
    }
    return Csv.read(file);
  }

  /// @param all rows of every fold
  /// @param training which fold otherwise
  private static List<LabelledText> texts(
      Path file, List<Map<String, String>> rows, boolean all, boolean training) {
    List<LabelledText> texts =
        rows.stream()
            .filter(row -> all || column(file, row, "fold").equals(TRAIN) == training)
            .map(row -> new LabelledText(column(file, row, "text"), column(file, row, "category")))
            .toList();
    if (texts.isEmpty()) {
      throw new Unavailable(
          "%s has no rows %s"
              .formatted(file, all ? "" : training ? "with fold=train" : "without fold=train"));
    }
    return texts;
  }

  private static String column(Path file, Map<String, String> row, String name) {
    String value = row.get(name);
    if (value == null) {
      throw new Unavailable(
          "%s has no column %s; it needs text, category and, when it is split, fold"
              .formatted(file, name));
    }
    return value;
  }

  private static double baseline(List<LabelledText> learnt, List<LabelledText> judged) {
    Map<String, Integer> counts = new HashMap<>();
    learnt.forEach(each -> counts.merge(each.label(), 1, Integer::sum));
    String commonest =
        counts.entrySet().stream()
            .max(
                Map.Entry.<String, Integer>comparingByValue()
                    .thenComparing(Map.Entry.comparingByKey(Comparator.reverseOrder())))
            .orElseThrow()
            .getKey();
    return (double) judged.stream().filter(each -> each.label().equals(commonest)).count()
        / judged.size();
  }
}
