package ai.rails.connector;

import java.util.Optional;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;

/// A documented answer.
///
/// @param status that it comes with, or absent for any
/// @param pointer into the body whose value must equal `expected`, or just be there
/// @param noEffect the other side documents that nothing was done
public record Failure(
    Optional<Integer> status,
    Optional<String> pointer,
    @JsonProperty("equals") Optional<JsonNode> expected,
    @JsonProperty(required = true) String code,
    boolean noEffect,
    boolean retryable) {
  public Failure {
    expected = Defaults.given(expected);
  }

  /// Whether an answer is this one.
  public boolean fits(int answered, JsonNode body) {
    boolean statusFits = status.isEmpty() || status.get().equals(answered);
    boolean bodyFits = pointer.map(each -> Template.at(body, each)).map(this::fits).orElse(true);
    return statusFits && bodyFits && (status.isPresent() || pointer.isPresent());
  }

  private boolean fits(JsonNode found) {
    return !found.isMissingNode() && expected.map(found::equals).orElse(true);
  }
}
