package ai.rails.command.hook;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Verifies HMAC-SHA256 signatures over a time and the raw bytes of a body.
///
/// A wrong time, a missing signature and a wrong one are not told apart, and the comparison takes
/// the same time for all of them.
public final class Signatures {
  /// How far the sender's clock may be from ours, either way.
  public static final Duration TOLERANCE = Duration.ofMinutes(5);

  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,12}");
  private static final Pattern HEX = Pattern.compile("[0-9a-f]{64}");
  private static final int MAX_SIGNATURES = 4;

  private Signatures() {}

  /// @param secret a random one if the sender is unknown, so that this looks the same
  /// @param base what is signed before the body, with `%s` for the time
  /// @param version what a signature starts with, for example `v1=`
  /// @param signatures as sent; several are possible while a secret is rotated
  /// @param timestamp as sent, Unix seconds
  public static boolean valid(
      byte[] secret,
      String base,
      String version,
      List<String> signatures,
      Optional<String> timestamp,
      byte[] body,
      Instant now) {
    String time = timestamp.orElse("");
    boolean timely = isTimely(time, now);
    byte[] expected = mac(secret, base.formatted(timely ? time : "0"), body);
    boolean found = false;
    for (String signature : signatures.stream().limit(MAX_SIGNATURES).toList()) {
      found |= MessageDigest.isEqual(expected, given(signature.strip(), version));
    }
    return timely && found;
  }

  private static boolean isTimely(String time, Instant now) {
    return SECONDS.matcher(time).matches()
        && Duration.between(Instant.ofEpochSecond(Long.parseLong(time)), now)
                .abs()
                .compareTo(TOLERANCE)
            <= 0;
  }

  private static byte[] given(String signature, String version) {
    boolean wellFormed =
        signature.startsWith(version)
            && HEX.matcher(signature.substring(version.length())).matches();
    return wellFormed
        ? HexFormat.of().parseHex(signature.substring(version.length()))
        : new byte[32];
  }

  private static byte[] mac(byte[] secret, String prefix, byte[] body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret, "HmacSHA256"));
      mac.update(prefix.getBytes(StandardCharsets.UTF_8));
      return mac.doFinal(body);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no HMAC-SHA256", e);
    }
  }
}
