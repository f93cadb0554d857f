package ai.rails.platform.http;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.jwt.JwkSetConverter;
import com.google.crypto.tink.jwt.JwtPublicKeyVerify;
import com.google.crypto.tink.jwt.JwtSignatureConfig;
import com.google.crypto.tink.jwt.JwtValidator;
import com.google.crypto.tink.jwt.VerifiedJwt;

import ai.rails.domain.Refused;

/// Verifies access tokens (RFC 9068, `typ` `at+jwt`) of one issuer for one audience.
///
/// The keys are those given here: nothing in a token names or brings a key. Claims: `tenant`,
/// `sub`, `roles`. Immutable and safe for use by several threads.
public final class Tokens implements Authenticator {
  /// The name that tokens must be issued for.
  public static final String AUDIENCE = "https://airails.dev/api";

  /// Media type of access tokens (RFC 9068).
  static final String TYPE = "at+jwt";

  static final Duration MAX_LIFETIME = Duration.ofHours(1);

  private static final Set<String> ALGORITHMS = Set.of("ES256", "PS256", "RS256");
  private static final Duration SKEW = Duration.ofSeconds(60);

  private final JwtPublicKeyVerify keys;
  private final JwtValidator validator;
  private final Expected expected;

  private Tokens(JwtPublicKeyVerify keys, JwtValidator validator, Expected expected) {
    this.keys = keys;
    this.validator = validator;
    this.expected = expected;
  }

  /// What a token must be.
  ///
  /// @param rolesClaim an array of words
  /// @param roles that tokens can give; other words give nothing
  /// @param longest life
  /// @param identity who a token is, from its claim `tenant` (empty if there is none) and its `sub`
  public record Expected(
      String issuer,
      String audience,
      String type,
      String rolesClaim,
      Set<Role> roles,
      Duration longest,
      Naming identity) {
    public Expected {
      roles = Set.copyOf(roles);
    }
  }

  /// Who a verified token is.
  public record Identity(String tenant, String subject) {}

  /// Names who a token is.
  @FunctionalInterface
  public interface Naming {
    Identity of(String tenantClaim, String subject);
  }

  /// Takes an issuer's public keys.
  ///
  /// @param jwks a JSON Web Key Set
  /// @throws GeneralSecurityException if it is none, or has a key for another algorithm than ES256,
  ///   PS256 or RS256
  public static Tokens of(String jwks, String issuer, String audience, InstantSource clock)
      throws GeneralSecurityException {
    return of(
        jwks,
        new Expected(
            issuer,
            audience,
            TYPE,
            "roles",
            EnumSet.allOf(Role.class),
            MAX_LIFETIME,
            Identity::new),
        clock);
  }

  /// Takes an issuer's public keys and what its tokens must be.
  ///
  /// @throws GeneralSecurityException as above
  public static Tokens of(String jwks, Expected expected, InstantSource clock)
      throws GeneralSecurityException {
    JwtSignatureConfig.register();
    try {
      for (JsonNode key : Json.tree(jwks.getBytes(StandardCharsets.UTF_8)).path("keys")) {
        requireAllowed(key.path("alg").asText());
      }
      KeysetHandle keyset = JwkSetConverter.toPublicKeysetHandle(jwks);
      JwtValidator validator =
          JwtValidator.newBuilder()
              .expectTypeHeader(expected.type())
              .expectIssuer(expected.issuer())
              .expectAudience(expected.audience())
              .expectIssuedInThePast()
              .setClock(clock.withZone(ZoneOffset.UTC))
              .setClockSkew(SKEW)
              .build();
      return new Tokens(
          keyset.getPrimitive(RegistryConfiguration.get(), JwtPublicKeyVerify.class),
          validator,
          expected);
    } catch (IOException e) {
      throw new GeneralSecurityException("not a JSON Web Key Set", e);
    }
  }

  @Override
  public Principal authenticate(String token) throws GeneralSecurityException {
    requireAllowed(algorithm(token));
    VerifiedJwt jwt = keys.verifyAndDecode(token, validator);
    if (!jwt.hasIssuedAt() || !jwt.hasExpiration()) {
      throw new GeneralSecurityException("the token does not say how long it lives");
    }
    Duration life = Duration.between(jwt.getIssuedAt(), jwt.getExpiration());
    if (life.compareTo(expected.longest()) > 0) {
      throw new GeneralSecurityException("the token lives longer than " + expected.longest());
    }
    if (!jwt.hasSubject() || !jwt.hasJsonArrayClaim(expected.rolesClaim())) {
      throw new GeneralSecurityException("the token lacks sub or " + expected.rolesClaim());
    }
    String tenant = jwt.hasStringClaim("tenant") ? jwt.getStringClaim("tenant") : "";
    try {
      Identity identity = expected.identity().of(tenant, jwt.getSubject());
      return new Principal(
          identity.tenant(),
          identity.subject(),
          roles(jwt.getJsonArrayClaim(expected.rolesClaim())));
    } catch (Refused e) {
      throw new GeneralSecurityException("the token's tenant or subject is no id", e);
    }
  }

  private Set<Role> roles(String json) {
    Set<Role> roles = EnumSet.noneOf(Role.class);
    for (JsonNode word : Json.tree(json.getBytes(StandardCharsets.UTF_8))) {
      Role.of(word.asText()).filter(expected.roles()::contains).ifPresent(roles::add);
    }
    return roles;
  }

  private static String algorithm(String token) throws GeneralSecurityException {
    try {
      int dot = Math.max(token.indexOf('.'), 0);
      byte[] header = Base64.getUrlDecoder().decode(token.substring(0, dot));
      return Json.tree(header).path("alg").asText();
    } catch (IllegalArgumentException | Problem e) {
      throw new GeneralSecurityException("not a token", e);
    }
  }

  private static void requireAllowed(String algorithm) throws GeneralSecurityException {
    if (!ALGORITHMS.contains(algorithm)) {
      throw new GeneralSecurityException("algorithm not allowed; use one of " + ALGORITHMS);
    }
  }
}
