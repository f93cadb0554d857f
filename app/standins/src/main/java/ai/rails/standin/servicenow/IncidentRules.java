package ai.rails.standin.servicenow;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Set;

/// The base system's business rules for incidents: defaults, the priority lookup, mirrored state,
/// counters and the closing data policy.
final class IncidentRules {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneOffset.UTC);
  private static final Map<String, String> PRIORITY =
      Map.of(
          "11", "1", "12", "2", "13", "3", "21", "2", "22", "3", "23", "4", "31", "3", "32", "4",
          "33", "5");
  private static final Map<String, String> DEFAULTS =
      Map.ofEntries(
          Map.entry("state", "1"),
          Map.entry("incident_state", "1"),
          Map.entry("impact", "3"),
          Map.entry("urgency", "3"),
          Map.entry("severity", "3"),
          Map.entry("category", "inquiry"),
          Map.entry("active", "true"),
          Map.entry("knowledge", "false"),
          Map.entry("made_sla", "true"),
          Map.entry("reassignment_count", "0"),
          Map.entry("reopen_count", "0"),
          Map.entry("escalation", "0"),
          Map.entry("notify", "1"),
          Map.entry("approval", "not requested"),
          Map.entry("upon_approval", "proceed"),
          Map.entry("upon_reject", "cancel"),
          Map.entry("sys_class_name", "incident"),
          Map.entry("sys_domain", "global"),
          Map.entry("sys_domain_path", "/"));

  private IncidentRules() {}

  static String time(Instant at) {
    return TIME.format(at);
  }

  static Map<String, String> defaults() {
    return DEFAULTS;
  }

  /// The record after the rules ran; `before` equals `after` in state and group when the record is
  /// new.
  static Row applied(Row before, Row after, Instant now) {
    Row row =
        after.with(
            "priority", PRIORITY.getOrDefault(after.get("impact") + after.get("urgency"), "5"));
    if (!before.get("assignment_group").equals(row.get("assignment_group"))
        && before.has("assignment_group")) {
      row = row.with("reassignment_count", increment(row.get("reassignment_count")));
    }
    if (before.get("state").equals(row.get("state"))
        && !before.get("incident_state").equals(row.get("incident_state"))) {
      row = row.with("state", row.get("incident_state"));
    }
    row = row.with("incident_state", row.get("state"));
    if (row.get("state").equals("6") && !row.has("resolved_at")) {
      row = row.with("resolved_at", time(now));
    }
    return row.with("active", Set.of("7", "8").contains(row.get("state")) ? "false" : "true");
  }

  /// The data policy's complaint, or an empty string: a resolved or closed incident needs its
  /// resolution, one on hold its reason.
  static String complaint(Row row) {
    boolean closing = Set.of("6", "7").contains(row.get("state"));
    if (closing && !(row.has("close_code") && row.has("close_notes"))) {
      return "Data Policy Exception: The following fields are mandatory: Resolution code, Resolution notes";
    }
    if (row.get("state").equals("3") && !row.has("hold_reason")) {
      return "Data Policy Exception: The following fields are mandatory: On hold reason";
    }
    return "";
  }

  static String increment(String count) {
    return Integer.toString(count.isEmpty() ? 1 : Integer.parseInt(count) + 1);
  }
}
