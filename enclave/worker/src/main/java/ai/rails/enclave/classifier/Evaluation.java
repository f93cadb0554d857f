package ai.rails.enclave.classifier;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// How well a model does on labelled texts that it never saw.
///
/// @param coverageAt90 the share of texts with a confidence of at least 0.90
/// @param accuracyAt90 the share of those that are right
/// @param calibrationError the expected difference between confidence and being right, over ten
///   equal bins
public record Evaluation(
    int total,
    int correct,
    double accuracy,
    double macroF1,
    double coverageAt90,
    double accuracyAt90,
    double calibrationError) {
  private static final double SURE = 0.90;
  private static final int BINS = 10;

  public static Evaluation of(Model model, List<LabelledText> texts) {
    Map<String, int[]> counts = new HashMap<>(); // right, said, true
    double[][] bins = new double[BINS][3]; // texts, right, confidence
    int correct = 0;
    int sure = 0;
    int sureCorrect = 0;
    for (LabelledText text : texts) {
      Classification said = model.classify(text.text());
      boolean right = said.label().equals(text.label());
      counts.computeIfAbsent(said.label(), _ -> new int[3])[1]++;
      counts.computeIfAbsent(text.label(), _ -> new int[3])[2]++;
      double[] bin = bins[Math.min(BINS - 1, (int) (said.confidence() * BINS))];
      bin[0]++;
      bin[2] += said.confidence();
      if (right) {
        counts.computeIfAbsent(text.label(), _ -> new int[3])[0]++;
        bin[1]++;
        correct++;
      }
      if (said.confidence() >= SURE) {
        sure++;
        sureCorrect += right ? 1 : 0;
      }
    }
    double f1 =
        counts.values().stream()
            .mapToDouble(each -> 2.0 * each[0] / (each[1] + each[2]))
            .average()
            .orElse(0);
    int total = texts.size();
    return new Evaluation(
        total,
        correct,
        share(correct, total),
        f1,
        share(sure, total),
        share(sureCorrect, sure),
        calibrationError(bins, total));
  }

  private static double calibrationError(double[][] bins, int total) {
    double error = 0;
    for (double[] bin : bins) {
      error += Math.abs(bin[1] - bin[2]) / total;
    }
    return error;
  }

  private static double share(int part, int whole) {
    return whole == 0 ? 0 : (double) part / whole;
  }
}
