package ai.rails.enclave.classifier;

/// The terms of one text that a vocabulary knows, with weights of length one together (or none).
/// The arrays are the owner's alone.
final class SparseVector {
  private final int[] indices;
  private final float[] values;

  SparseVector(int[] indices, float[] values) {
    this.indices = indices;
    this.values = values;
  }

  int size() {
    return indices.length;
  }

  int index(int position) {
    return indices[position];
  }

  float value(int position) {
    return values[position];
  }
}
