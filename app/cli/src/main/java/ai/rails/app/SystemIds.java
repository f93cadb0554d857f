package ai.rails.app;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.UUID;
import java.util.function.Supplier;

/// UUIDs of version 7 (RFC 9562) from the system's clock: time-ordered, 74 random bits.
/// Thread-safe.
public final class SystemIds implements Supplier<UUID> {
  private final SecureRandom random = new SecureRandom();

  /// What nobody can guess: 192 random bits in base64url.
  public String secret() {
    var bytes = new byte[24];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  @Override
  public UUID get() {
    long high = (System.currentTimeMillis() << 16) | 0x7000L | random.nextInt(0x1000);
    long low = (random.nextLong() & 0x3fff_ffff_ffff_ffffL) | 0x8000_0000_0000_0000L;
    return new UUID(high, low);
  }
}
