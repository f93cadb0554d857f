package ai.rails.app.verb;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.UUID;
import java.util.stream.Collectors;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.app.embedded.Unavailable;
import ai.rails.platform.http.DevelopmentIssuer;
import ai.rails.platform.http.Role;

/// Tokens made with the key in a data directory: **whoever can read it can be anybody**. They are
/// good for the installation of that directory only, and no other server gets to see one.
final class DevelopmentTokens {
  private static final String KEYS = "development-issuer.keyset";
  private static final Duration LIFETIME = Duration.ofMinutes(30);

  private final DevelopmentIssuer issuer;

  private DevelopmentTokens(DevelopmentIssuer issuer) {
    this.issuer = issuer;
  }

  /// @throws Unavailable if the directory has no key: then nothing was ever started there
  static DevelopmentTokens open(Path data) {
    if (Files.notExists(data.resolve(KEYS))) {
      throw new Unavailable(
          "%s holds no installation; start one with: rails demo, or name a server: --server URL"
              .formatted(data));
    }
    // The caller says who is spoken for, in one line; the launcher's log line would be a second
    // one.
    if (LoggerFactory.getLogger(DevelopmentIssuer.class) instanceof Logger logger) {
      logger.setLevel(Level.ERROR);
    }
    try {
      return new DevelopmentTokens(
          DevelopmentIssuer.open(data, InstantSource.system(), () -> UUID.randomUUID().toString()));
    } catch (IOException | GeneralSecurityException e) {
      throw new Unavailable("the development key in %s can not be read".formatted(data), e);
    }
  }

  String token(String tenant, Persona.Named person) {
    try {
      return issuer.issue(tenant, person.subject(), person.roles(), LIFETIME);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the development issuer can not sign", e);
    }
  }

  static String warning(Path data, Persona.Named person) {
    return "DEVELOPMENT token for %s (%s): whoever can read %s can be anybody"
        .formatted(
            person.subject(),
            person.roles().stream().map(Role::word).sorted().collect(Collectors.joining(", ")),
            data);
  }
}
