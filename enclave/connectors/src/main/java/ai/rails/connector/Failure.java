package ai.rails.connector;

import java.util.Optional;
import java.util.function.Function;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;

/// A documented answer.
///
/// @param status that it comes with, or absent for any
/// @param pointer into the body whose value must equal `expected`, or just be there
/// @param header that it comes with
/// @param noEffect the other side documents that nothing was done
public record Failure(
    Optional<Integer> status,
    Optional<String> pointer,
    @JsonProperty("equals") Optional<JsonNode> expected,
    Optional<Header> header,
    @JsonProperty(required = true) String code,
    boolean noEffect,
    boolean retryable) {
  public Failure {
    expected = Defaults.given(expected);
  }

  /// A header that is there, with this value if one is given.
  ///
  /// @param name in lower case
  public record Header(
      @JsonProperty(required = true) String name,
      @JsonProperty("equals") Optional<String> expected) {
    private boolean fits(Optional<String> value) {
      return value.isPresent() && expected.map(value.get()::equals).orElse(true);
    }
  }

  /// Whether an answer is this one.
  ///
  /// @param headers by lower-case name
  public boolean fits(int answered, JsonNode body, Function<String, Optional<String>> headers) {
    boolean statusFits = status.isEmpty() || status.get().equals(answered);
    boolean headerFits = header.map(each -> each.fits(headers.apply(each.name()))).orElse(true);
    boolean bodyFits = pointer.map(each -> Template.at(body, each)).map(this::fits).orElse(true);
    return statusFits && headerFits && bodyFits && (status.isPresent() || pointer.isPresent());
  }

  private boolean fits(JsonNode found) {
    return !found.isMissingNode() && expected.map(found::equals).orElse(true);
  }
}
