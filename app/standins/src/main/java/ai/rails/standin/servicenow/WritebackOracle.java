package ai.rails.standin.servicenow;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;

/// Counts effects by themselves, so that "written once" does not rest on what the product says.
/// Thread safe; owns its counters.
///
/// Two updates of one incident are the same write when a marker `[airails:<run>/<step>]` in their
/// notes is the same, or the correlation id that they set is; an update with neither is the same
/// write as one with the same body.
final class WritebackOracle {
  private static final Pattern MARKER = Pattern.compile("\\[airails:([^\\]\\s]+)]");
  private static final Set<String> GOVERNED =
      Set.of(
          "category",
          "subcategory",
          "impact",
          "urgency",
          "assignment_group",
          "assigned_to",
          "state",
          "incident_state",
          "close_code");

  private final Set<String> written = new HashSet<>();
  private final Set<String> seen = new HashSet<>();
  private final Map<String, Integer> patches = new HashMap<>();
  private long duplicates;
  private long duplicateCreates;

  /// Takes in one journalled effect of the kind `record`.
  synchronized void observe(JsonNode facts) {
    if (!facts.path("table").asText().equals("incident")) {
      return;
    }
    JsonNode sent = facts.path("sent");
    String sysId = facts.path("sys_id").asText();
    switch (facts.path("operation").asText()) {
      case "insert" -> {
        String correlation = sent.path("correlation_id").asText();
        if (!correlation.isEmpty() && !seen.add("insert " + correlation)) {
          duplicateCreates++;
        }
      }
      case "update" -> update(sysId, sent);
      default -> {
        // a seed or a deletion is no write-back
      }
    }
  }

  private void update(String sysId, JsonNode sent) {
    patches.merge(sysId, 1, Integer::sum);
    if (GOVERNED.stream().anyMatch(sent::has)) {
      written.add(sysId);
    }
    boolean repeated = false;
    for (String key : keys(sent)) {
      repeated |= !seen.add("update " + sysId + " " + key);
    }
    if (repeated) {
      duplicates++;
    }
  }

  private static Set<String> keys(JsonNode sent) {
    String notes = sent.path("work_notes").asText() + " " + sent.path("comments").asText();
    Set<String> keys =
        MARKER.matcher(notes).results().map(MatchResult::group).collect(Collectors.toSet());
    String correlation = sent.path("correlation_id").asText();
    if (!correlation.isEmpty()) {
      keys.add("correlation " + correlation);
    }
    return keys.isEmpty() ? Set.of("body " + sent) : keys;
  }

  synchronized long writebacks() {
    return written.size();
  }

  synchronized long duplicates() {
    return duplicates;
  }

  synchronized long duplicateCreates() {
    return duplicateCreates;
  }

  synchronized int patches(String sysId) {
    return patches.getOrDefault(sysId, 0);
  }
}
