package ai.rails.stream.ledger;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/// Why a workspace's ledger waits, or that it goes on, for the cell's alarms topic.
///
/// @param tenant as the topic says
/// @param workspace as the record's key says; `invalid` if that is no id
/// @param expected the position that the ledger waits for
/// @param found the position that came; 0 if it cannot be told
/// @param stream which of the tenant's topics; empty if it is none
record Alarm(Code code, String tenant, String workspace, long expected, long found, String stream) {
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
    RESUMED,
    /// What the task remembers does not fit the ledger topic or itself; the log is frozen.
    FROZEN,
    /// The task had lost what it remembers, or had an older copy; it was computed again.
    REBUILT,
    /// The topic was deleted and made again.
    TOPIC_RECREATED,
    /// The topic ends before records that were in it: `expected` and `found` are offsets.
    TOPIC_CUT,
    /// The log was abandoned and another one begins; it takes all of the store's rows.
    EPOCH_OPENED,
    /// The comparison of store and ledger found a difference at `expected`.
    DIFFERENT
  }

  Alarm(Code code, String tenant, String workspace, long expected, long found) {
    this(code, tenant, workspace, expected, found, "");
  }

  byte[] key() {
    return utf8(tenant + "|" + workspace);
  }

  byte[] json() {
    return utf8(
        "{\"code\":\"%s\",\"expected\":%d,\"found\":%d,%s\"tenant\":\"%s\",\"workspace\":\"%s\"}"
            .formatted(
                code,
                expected,
                found,
                stream.isEmpty() ? "" : "\"stream\":\"%s\",".formatted(stream),
                tenant,
                workspace));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
