package ai.rails.enclave.classifier;

/// How a model is trained; the same texts and settings give the same model, byte for byte.
///
/// @param leastTexts terms in fewer texts are left out
/// @param epochs passes over the texts
/// @param learningRate AdaGrad's step
/// @param decay the L2 penalty
public record Training(long seed, int leastTexts, int epochs, double learningRate, double decay) {
  /// Chosen on a split of the training side; the validation side had no say.
  public static final Training STANDARD = new Training(20_261_121L, 2, 7, 0.2, 0);

  public Training {
    if (leastTexts < 1 || epochs < 1 || learningRate <= 0 || decay < 0) {
      throw new IllegalArgumentException(
          "leastTexts and epochs are at least 1, the learning rate is positive and the decay is not negative: "
              + leastTexts
              + ", "
              + epochs
              + ", "
              + learningRate
              + ", "
              + decay);
    }
  }
}
