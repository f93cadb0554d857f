package ai.rails.app.http;

import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;

/// The server understood and said no, or what was asked for does not exist. The message is one
/// line: what happened and, where the server says so, what to do next.
public final class Declined extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient Optional<JsonNode> problem;

  public Declined(String message) {
    super(message);
    this.problem = Optional.empty();
  }

  /// @param problem an RFC 9457 document
  Declined(String message, JsonNode problem) {
    super(message);
    this.problem = Optional.of(problem);
  }

  /// The server's own document, if the server it was.
  public Optional<JsonNode> problem() {
    return problem;
  }
}
