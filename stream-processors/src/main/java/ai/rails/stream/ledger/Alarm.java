package ai.rails.stream.ledger;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/// Why a workspace's ledger waits, or that it goes on, for the cell's alarms topic.
///
/// @param tenant as the topic says
/// @param workspace as the record's key says; `invalid` if that is no id
/// @param expected the position that the ledger waits for
/// @param found the position that came; 0 if it cannot be told
record Alarm(Code code, String tenant, String workspace, long expected, long found) {
  private static final Pattern ID = Pattern.compile("[a-z0-9_-]{1,64}");

  Alarm {
    tenant = ID.matcher(tenant).matches() ? tenant : "invalid";
    workspace = ID.matcher(workspace).matches() ? workspace : "invalid";
  }

  /// What happened.
  enum Code {
    /// A position is missing; publish the store's rows from `expected` on.
    GAP,
    /// The record's routing differs from the event's own header, or its time goes back.
    MISMATCH,
    /// The record is no event that this reader knows.
    UNREADABLE,
    /// The missing position came; the ledger goes on.
    RESUMED
  }

  byte[] key() {
    return utf8(tenant + "|" + workspace);
  }

  byte[] json() {
    return utf8(
        "{\"code\":\"%s\",\"expected\":%d,\"found\":%d,\"tenant\":\"%s\",\"workspace\":\"%s\"}"
            .formatted(code, expected, found, tenant, workspace));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
