package ai.rails.enclave.classifier;

import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// Multinomial logistic regression over sparse vectors. The weights of one term lie side by side,
/// so that a text touches few cache lines. `StrictMath` and plain float arithmetic give the same
/// weights on every processor.
final class Logistic {
  private static final float START = 1e-8f;

  private final int labels;
  private final float[] weights;
  private final float[] bias;

  /// The arrays are this object's from then on.
  Logistic(int labels, float[] weights, float[] bias) {
    this.labels = labels;
    this.weights = weights;
    this.bias = bias;
  }

  /// AdaGrad over shuffled texts; `targets` holds each text's label.
  static Logistic trained(
      List<SparseVector> texts, int[] targets, int labels, int terms, Training training) {
    float[] weights = new float[terms * labels];
    float[] squares = new float[terms * labels];
    float[] bias = new float[labels];
    float[] biasSquares = new float[labels];
    Logistic model = new Logistic(labels, weights, bias);
    RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(training.seed());
    int[] order = new int[texts.size()];
    for (int i = 0; i < order.length; i++) {
      order[i] = i;
    }
    float rate = (float) training.learningRate();
    float decay = (float) training.decay();
    for (int epoch = 0; epoch < training.epochs(); epoch++) {
      shuffle(order, random);
      for (int text : order) {
        SparseVector vector = texts.get(text);
        double[] errors = model.confidences(vector);
        errors[targets[text]] -= 1.0;
        for (int i = 0; i < vector.size(); i++) {
          step(weights, squares, vector.index(i) * labels, vector.value(i), errors, rate, decay);
        }
        step(bias, biasSquares, 0, 1f, errors, rate, 0f);
      }
    }
    return model;
  }

  private static void step(
      float[] weights,
      float[] squares,
      int from,
      float value,
      double[] errors,
      float rate,
      float decay) {
    for (int label = 0; label < errors.length; label++) {
      float gradient = (float) errors[label] * value + decay * weights[from + label];
      squares[from + label] += gradient * gradient;
      weights[from + label] -= rate * gradient / (float) Math.sqrt(squares[from + label] + START);
    }
  }

  /// The softmax over all labels.
  double[] confidences(SparseVector vector) {
    double[] scores = new double[labels];
    for (int label = 0; label < labels; label++) {
      scores[label] = bias[label];
    }
    for (int i = 0; i < vector.size(); i++) {
      int from = vector.index(i) * labels;
      float value = vector.value(i);
      for (int label = 0; label < labels; label++) {
        scores[label] += weights[from + label] * value;
      }
    }
    double most = Double.NEGATIVE_INFINITY;
    for (double score : scores) {
      most = Math.max(most, score);
    }
    double sum = 0;
    for (int label = 0; label < labels; label++) {
      scores[label] = StrictMath.exp(scores[label] - most);
      sum += scores[label];
    }
    for (int label = 0; label < labels; label++) {
      scores[label] /= sum;
    }
    return scores;
  }

  int labels() {
    return labels;
  }

  float weight(int position) {
    return weights[position];
  }

  float bias(int label) {
    return bias[label];
  }

  /// The weights as half-precision numbers hold them: a model behaves alike before and after it was
  /// written.
  Logistic rounded() {
    float[] rounded = new float[weights.length];
    for (int i = 0; i < rounded.length; i++) {
      rounded[i] = Float.float16ToFloat(Float.floatToFloat16(weights[i]));
    }
    return new Logistic(labels, rounded, bias.clone());
  }

  private static void shuffle(int[] order, RandomGenerator random) {
    for (int i = order.length - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      int kept = order[i];
      order[i] = order[other];
      order[other] = kept;
    }
  }
}
