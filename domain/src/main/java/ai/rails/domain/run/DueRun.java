package ai.rails.domain.run;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.UUID;

/// The run that a schedule starts at one instant. Its names are functions of where and when, so
/// that two processes that start it start the same one.
///
/// @param trigger id of the workflow's trigger
/// @param due the instant that the schedule named
public record DueRun(
    String tenant,
    String workspace,
    String workflow,
    String environment,
    String trigger,
    Instant due) {
  /// The run's id: a UUID of version 8 (RFC 9562) made from a SHA-256. The workflow's version is
  /// not part of it: an instant starts one run, whatever is activated meanwhile.
  public String id() {
    ByteBuffer hash = ByteBuffer.wrap(sha256());
    long high = (hash.getLong() & 0xffff_ffff_ffff_0fffL) | 0x8000L;
    long low = (hash.getLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
    return new UUID(high, low).toString();
  }

  /// What makes the trigger unique: 64 hex digits.
  public String dedupeKey() {
    return HexFormat.of().formatHex(sha256());
  }

  private byte[] sha256() {
    String text =
        String.join(
            "\n",
            "airails/schedule/1",
            tenant,
            workspace,
            workflow,
            environment,
            trigger,
            due.toString());
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
