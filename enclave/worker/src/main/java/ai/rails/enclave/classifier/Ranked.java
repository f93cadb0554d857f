package ai.rails.enclave.classifier;

/// A category and how sure the model is of it; the confidences of all categories add up to one.
public record Ranked(String label, double confidence) {}
