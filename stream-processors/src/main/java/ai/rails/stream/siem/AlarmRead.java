package ai.rails.stream.siem;

import java.io.IOException;
import java.util.Optional;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;

/// An alarm of the cell's alarms topic as the feed reads it: whoever raised it, with codes that may
/// be newer than this reader.
///
/// @param expected the position that was expected; 0 if the alarm names none
/// @param found the position that came; 0 if the alarm names none
record AlarmRead(String code, String tenant, String workspace, long expected, long found) {
  private static final JsonMapper JSON = JsonMapper.builder().build();
  private static final Pattern CODE = Pattern.compile("[A-Z][A-Z_]{0,39}");
  private static final Pattern TENANT = Pattern.compile("[a-z0-9-]{1,64}");
  private static final Pattern WORKSPACE = Pattern.compile("[a-z0-9_-]{1,64}");
  private static final int BYTES_MAX = 65_536;

  /// Empty if it is none, or of no tenant.
  static Optional<AlarmRead> of(byte[] json) {
    if (json.length > BYTES_MAX) {
      return Optional.empty();
    }
    try {
      JsonNode alarm = JSON.readTree(json);
      var read =
          new AlarmRead(
              alarm.path("code").asText(),
              alarm.path("tenant").asText(),
              alarm.path("workspace").asText(),
              alarm.path("expected").asLong(),
              alarm.path("found").asLong());
      boolean known =
          CODE.matcher(read.code).matches()
              && TENANT.matcher(read.tenant).matches()
              && WORKSPACE.matcher(read.workspace).matches()
              && !read.tenant.equals("invalid");
      return known ? Optional.of(read) : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  boolean resumed() {
    return code.equals("RESUMED");
  }

  /// What was put right by itself is less than what a person must look at.
  Severity severity() {
    return code.equals("REBUILT") ? Severity.MEDIUM : Severity.CRITICAL;
  }

  String title() {
    return switch (code) {
      case "GAP", "RESUMED" -> "A position is missing before the ledger";
      case "MISMATCH" -> "A record differs from its event, or its time goes back";
      case "UNREADABLE" -> "A record before the ledger can not be read";
      case "FROZEN" -> "What the ledger remembers does not fit its topic; the log is frozen";
      case "REBUILT" -> "The ledger had lost what it remembers, and computed it again";
      case "TOPIC_RECREATED" -> "A topic of the tenant was deleted and made again";
      case "TOPIC_CUT" -> "A topic of the tenant ends before records that were in it";
      case "DIFFERENT" -> "Store and ledger differ";
      case "EPOCH_OPENED" -> "A log was abandoned; another one takes its place";
      case "EPOCH_NOT_OPENED" -> "A log of another epoch came, and nobody opened it";
      case "FORK" -> "Two histories of one ledger exist";
      default -> "The ledger raised an alarm";
    };
  }
}
