package ai.rails.command.http;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import ai.rails.platform.http.Answer;

/// The answer to a command as it is known before the command is given: all but the position.
///
/// @param location of what comes to be
public record Draft(int status, Optional<String> location, Map<String, Object> body) {
  public Draft {
    body = Map.copyOf(body);
  }

  public static Draft ok(Map<String, Object> body) {
    return new Draft(200, Optional.empty(), body);
  }

  public static Draft created(String location, Map<String, Object> body) {
    return new Draft(201, Optional.of(location), body);
  }

  public static Draft accepted(String location, Map<String, Object> body) {
    return new Draft(202, Optional.of(location), body);
  }

  /// @param position what a reader passes as `atLeast` to see the effect
  Answer answer(long position) {
    Map<String, Object> full = new TreeMap<>(body);
    full.put("position", position);
    Answer answer = Answer.json(status, full);
    return location.map(place -> answer.header("Location", place)).orElse(answer);
  }
}
