package ai.rails.enclave.classifier;

/// A text and the category that a person gave it.
public record LabelledText(String text, String label) {}
