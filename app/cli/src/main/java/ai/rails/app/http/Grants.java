package ai.rails.app.http;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

import ai.rails.platform.http.Problem;

/// Codes and refresh tokens that were given out and not used yet, the newest few. Thread-safe.
final class Grants {
  private static final int MOST = 512;
  private static final Duration CODE = Duration.ofMinutes(1);
  private static final Duration REFRESH = Duration.ofHours(12);

  private final Supplier<String> secrets;
  private final InstantSource clock;
  private final Map<String, Grant> codes = bounded();
  private final Map<String, Grant> refreshes = bounded();

  Grants(Supplier<String> secrets, InstantSource clock) {
    this.secrets = secrets;
    this.clock = clock;
  }

  private record Grant(Person person, String redirectUri, String challenge, Instant until) {}

  synchronized String code(Person person, SignIn.Asked asked) {
    String code = secrets.get();
    codes.put(
        code,
        new Grant(person, asked.redirectUri(), asked.challenge(), clock.instant().plus(CODE)));
    return code;
  }

  synchronized String refreshable(Person person) {
    String token = secrets.get();
    refreshes.put(token, new Grant(person, "", "", clock.instant().plus(REFRESH)));
    return token;
  }

  /// A code is good once, for whoever knows what its challenge was made from.
  synchronized Person redeem(Map<String, String> form) {
    Grant grant = taken(codes, form.getOrDefault("code", ""));
    String challenge = SignIn.challenge(form.getOrDefault("code_verifier", ""));
    boolean same =
        MessageDigest.isEqual(
            challenge.getBytes(StandardCharsets.US_ASCII),
            grant.challenge.getBytes(StandardCharsets.US_ASCII));
    if (!same || !grant.redirectUri.equals(form.getOrDefault("redirect_uri", ""))) {
      throw refused();
    }
    return grant.person;
  }

  /// A refresh token is good once.
  synchronized Person refresh(String token) {
    return taken(refreshes, token).person;
  }

  private Grant taken(Map<String, Grant> from, String secret) {
    Grant grant = from.remove(secret);
    if (grant == null || grant.until.isBefore(clock.instant())) {
      throw refused();
    }
    return grant;
  }

  private static Problem refused() {
    return new Problem(400, "INVALID_GRANT", "the code or token is not valid; sign in again");
  }

  private static Map<String, Grant> bounded() {
    return new LinkedHashMap<>() {
      private static final long serialVersionUID = 1L;

      @Override
      protected boolean removeEldestEntry(Map.Entry<String, Grant> eldest) {
        return size() > MOST;
      }
    };
  }
}
