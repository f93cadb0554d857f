package ai.rails.stream.signer;

import java.nio.charset.StandardCharsets;

/// Why a log is not signed, for the cell's alarms topic.
///
/// @param signed size that was signed last
/// @param found size that came, or that somebody else holds; 0 if it cannot be told
record Alarm(Code code, LogName log, long signed, long found) {
  /// What happened.
  enum Code {
    /// A head does not follow from what is signed: another root at the same size, or no
    /// consistency.
    FORK,
    /// A new head is smaller than what is signed: the ledger or its topics were set back.
    HEAD_BEHIND,
    /// A witness, or the checkpoints topic, holds more than the signer's database: that one was set
    /// back.
    SIGNER_BEHIND,
    /// Records that were read already are gone from a topic.
    TRUNCATED,
    /// The heads of another epoch come, and nothing shows that it was opened as epochs are.
    EPOCH_NOT_OPENED,
    /// A witness refuses a checkpoint that this signer proved.
    WITNESS_REFUSES
  }

  byte[] key() {
    return utf8(log.origin().tenant() + "|" + log.origin().workspace());
  }

  /// In the form of the ledger's alarms.
  byte[] json() {
    return utf8(
        "{\"code\":\"%s\",\"expected\":%d,\"found\":%d,\"tenant\":\"%s\",\"workspace\":\"%s\"}"
            .formatted(code, signed, found, log.origin().tenant(), log.origin().workspace()));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
