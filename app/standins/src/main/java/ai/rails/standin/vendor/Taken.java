package ai.rails.standin.vendor;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.standin.Journal;
import ai.rails.standin.Request;

/// A request that an endpoint takes.
///
/// @param names parts of the path by the names that its template gives them
/// @param body missing if there is none
public record Taken(
    Request request, Map<String, String> names, JsonNode body, Journal journal, Instant at) {
  String named(String name) {
    return Objects.requireNonNull(names.get(name));
  }

  /// What was done, oldest first.
  List<JsonNode> done(String kind) {
    return journal.facts(kind);
  }
}
