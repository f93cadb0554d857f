package ai.rails.app.bench;

import java.io.PrintStream;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;

/// What a benchmark found.
public interface Figures {
  /// For people.
  void print(PrintStream out);

  /// One JSON object, in one line.
  default String json() {
    try {
      return new ObjectMapper().writeValueAsString(this);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("figures are always JSON", e);
    }
  }

  /// Whether nothing was found that must not be.
  default boolean holds() {
    return true;
  }
}
