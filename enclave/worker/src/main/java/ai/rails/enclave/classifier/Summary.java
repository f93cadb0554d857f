package ai.rails.enclave.classifier;

import java.util.List;

/// Sentences taken from a text as they stand, in their order: nothing is written anew.
public record Summary(String method, List<String> sentences) {
  public static final String EXTRACTIVE = "extractive";

  public Summary {
    sentences = List.copyOf(sentences);
  }

  public String text() {
    return String.join(" ", sentences);
  }
}
