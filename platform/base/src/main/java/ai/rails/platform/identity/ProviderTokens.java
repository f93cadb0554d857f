package ai.rails.platform.identity;

import java.security.GeneralSecurityException;
import java.time.InstantSource;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.platform.http.Authenticator;
import ai.rails.platform.http.Json;
import ai.rails.platform.http.Principal;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Role;
import ai.rails.platform.http.Tokens;

/// Tokens of the registered providers. What a token says of itself before it is verified chooses
/// which registration it is verified by, and nothing else. Safe for use by several threads.
public final class ProviderTokens implements Authenticator {
  /// What a person can be. No provider of a tenant makes anybody one of the platform's own.
  private static final Set<Role> PEOPLE =
      EnumSet.of(
          Role.BUILDER, Role.OPERATOR, Role.APPROVER, Role.AUDITOR, Role.ADMIN, Role.PRIVACY);

  private final Map<String, Registered> byIssuer = new HashMap<>();
  private final InstantSource clock;

  private record Registered(IdentityProvider provider, ProviderKeys keys) {}

  /// @param nanoTime monotonic
  /// @throws IllegalArgumentException if two registrations are of one issuer
  public ProviderTokens(
      List<IdentityProvider> providers, Fetch fetch, InstantSource clock, LongSupplier nanoTime) {
    this.clock = clock;
    for (IdentityProvider provider : providers) {
      Registered one = new Registered(provider, new ProviderKeys(provider, fetch, nanoTime));
      if (byIssuer.put(provider.issuer(), one) != null) {
        throw new IllegalArgumentException("two providers have the issuer " + provider.issuer());
      }
    }
  }

  /// Whether a token says that it is from one of these.
  public boolean knows(String token) {
    try {
      return byIssuer.containsKey(part(token, 1).path("iss").asText());
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  @Override
  public Principal authenticate(String token) throws GeneralSecurityException {
    Registered registered = byIssuer.get(part(token, 1).path("iss").asText());
    if (registered == null) {
      throw new GeneralSecurityException("the issuer is not registered");
    }
    JsonNode head = part(token, 0);
    if (head.has("crit") || head.has("zip")) {
      throw new GeneralSecurityException("the token demands what is not known here");
    }
    String kid = head.path("kid").asText("");
    if (kid.isEmpty() || kid.length() > 256) {
      throw new GeneralSecurityException("the token names no key");
    }
    IdentityProvider provider = registered.provider();
    return Tokens.of(
            registered.keys().jwks(kid),
            new Tokens.Expected(
                provider.issuer(),
                provider.audience(),
                provider.type(),
                provider.rolesClaim(),
                PEOPLE,
                provider.longest(),
                (_, subject) ->
                    new Tokens.Identity(provider.tenant(), provider.name() + "|" + subject)),
            clock)
        .authenticate(token);
  }

  private static JsonNode part(String token, int number) throws GeneralSecurityException {
    String[] parts = token.split("\\.", -1);
    if (parts.length != 3) {
      throw new GeneralSecurityException("not a signed token");
    }
    try {
      return Json.tree(Base64.getUrlDecoder().decode(parts[number]));
    } catch (IllegalArgumentException | Problem e) {
      throw new GeneralSecurityException("not a token", e);
    }
  }
}
