package ai.rails.app.embedded;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;

/// Passwords and tokens of this installation: random, made at first use, kept in one 0600 file.
public final class Secrets {
  private static final int SECRET_BYTES = 24;

  private final KeptProperties kept;
  private final SecureRandom random;

  private Secrets(KeptProperties kept, SecureRandom random) {
    this.kept = kept;
    this.random = random;
  }

  public static Secrets open(Path file, SecureRandom random) {
    return new Secrets(KeptProperties.open(file), random);
  }

  /// The secret of that name: letters, digits, `-` and `_` only, so that no format needs to quote
  /// it.
  public synchronized String of(String name) {
    return kept.find(name).orElseGet(() -> make(name));
  }

  private String make(String name) {
    var bytes = new byte[SECRET_BYTES];
    random.nextBytes(bytes);
    String secret = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    kept.keep(name, secret);
    return secret;
  }
}
