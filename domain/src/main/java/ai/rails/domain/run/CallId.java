package ai.rails.domain.run;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.UUID;

/// Names of a call. They are functions of where the call stands in its run, so that a worker that
/// starts again gives the same call the same names.
public final class CallId {
  private CallId() {}

  /// The id of the call of a step: a UUID of version 8 (RFC 9562) made from a SHA-256.
  public static String of(
      String tenant, String run, String step, int actionIndex, int attemptGroup) {
    ByteBuffer hash =
        ByteBuffer.wrap(sha256("airails/call/1", tenant, run, step, actionIndex, attemptGroup, ""));
    long high = (hash.getLong() & 0xffff_ffff_ffff_0fffL) | 0x8000L;
    long low = (hash.getLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
    return new UUID(high, low).toString();
  }

  /// The key that the other side is shown, where it keeps such keys. The attempt is not part of it:
  /// a retry is the same wish. A new attempt group is a new wish.
  public static String idempotencyKey(
      String tenant,
      String run,
      String step,
      int actionIndex,
      int attemptGroup,
      String callDigest) {
    byte[] hash =
        sha256("airails/idem/1", tenant, run, step, actionIndex, attemptGroup, callDigest);
    return "ar1_" + Base64.getUrlEncoder().withoutPadding().encodeToString(hash);
  }

  private static byte[] sha256(
      String domain,
      String tenant,
      String run,
      String step,
      int actionIndex,
      int attemptGroup,
      String callDigest) {
    String text =
        String.join(
            "\n",
            domain,
            tenant,
            run,
            step,
            Integer.toString(actionIndex),
            Integer.toString(attemptGroup),
            callDigest);
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
