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

  static final String TYPE = "at+jwt";
  static final Duration MAX_LIFETIME = Duration.ofHours(1);

  private static final Set<String> ALGORITHMS = Set.of("ES256", "PS256", "RS256");
  private static final Duration SKEW = Duration.ofSeconds(60);

  private final JwtPublicKeyVerify keys;
  private final JwtValidator validator;

  private Tokens(JwtPublicKeyVerify keys, JwtValidator validator) {
    this.keys = keys;
    this.validator = validator;
  }

  /// Takes an issuer's public keys.
  ///
  /// @param jwks a JSON Web Key Set
  /// @throws GeneralSecurityException if it is none, or has a key for another algorithm than ES256,
  ///   PS256 or RS256
  public static Tokens of(String jwks, String issuer, String audience, InstantSource clock)
      throws GeneralSecurityException {
    JwtSignatureConfig.register();
    try {
      for (JsonNode key : Json.tree(jwks.getBytes(StandardCharsets.UTF_8)).path("keys")) {
        requireAllowed(key.path("alg").asText());
      }
      KeysetHandle keyset = JwkSetConverter.toPublicKeysetHandle(jwks);
      JwtValidator validator =
          JwtValidator.newBuilder()
              .expectTypeHeader(TYPE)
              .expectIssuer(issuer)
              .expectAudience(audience)
              .expectIssuedInThePast()
              .setClock(clock.withZone(ZoneOffset.UTC))
              .setClockSkew(SKEW)
              .build();
      return new Tokens(
          keyset.getPrimitive(RegistryConfiguration.get(), JwtPublicKeyVerify.class), validator);
    } catch (IOException e) {
      throw new GeneralSecurityException("not a JSON Web Key Set", e);
    }
  }

  @Override
  public Principal authenticate(String token) throws GeneralSecurityException {
    requireAllowed(algorithm(token));
    VerifiedJwt jwt = keys.verifyAndDecode(token, validator);
    if (Duration.between(jwt.getIssuedAt(), jwt.getExpiration()).compareTo(MAX_LIFETIME) > 0) {
      throw new GeneralSecurityException("the token lives longer than " + MAX_LIFETIME);
    }
    if (!jwt.hasStringClaim("tenant") || !jwt.hasSubject() || !jwt.hasJsonArrayClaim("roles")) {
      throw new GeneralSecurityException("the token lacks tenant, sub or roles");
    }
    try {
      return new Principal(
          jwt.getStringClaim("tenant"), jwt.getSubject(), roles(jwt.getJsonArrayClaim("roles")));
    } catch (Refused e) {
      throw new GeneralSecurityException("the token's tenant or subject is no id", e);
    }
  }

  private static Set<Role> roles(String json) {
    Set<Role> roles = EnumSet.noneOf(Role.class);
    for (JsonNode word : Json.tree(json.getBytes(StandardCharsets.UTF_8))) {
      Role.of(word.asText()).ifPresent(roles::add);
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
