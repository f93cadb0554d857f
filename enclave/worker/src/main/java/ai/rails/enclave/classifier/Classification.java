package ai.rails.enclave.classifier;

import java.util.List;

/// What the model says of one text; the ranking holds every category, surest first.
public record Classification(String label, double confidence, List<Ranked> ranking) {
  public Classification {
    ranking = List.copyOf(ranking);
  }
}
