package ai.rails.standin.model;

import java.time.InstantSource;
import java.util.Map;

import ai.rails.standin.Ids;
import ai.rails.standin.Journal;
import ai.rails.standin.Transport;

/// What a language model stand-in needs to start; the journal belongs to it from then on.
///
/// @param apiKey the one key that is accepted
/// @param models requested name (Azure: deployment) to the name that answers carry
public record ModelServer(
    String apiKey,
    Map<String, String> models,
    ModelAnswers answers,
    Transport transport,
    int port,
    Journal journal,
    InstantSource clock,
    Ids ids) {
  public ModelServer {
    models = Map.copyOf(models);
  }
}
