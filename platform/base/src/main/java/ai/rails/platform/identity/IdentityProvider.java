package ai.rails.platform.identity;

import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import ai.rails.domain.Limits;
import ai.rails.platform.config.Settings;
import ai.rails.platform.http.Tokens;

/// One issuer of tokens, as it was registered. The tenant is the registration's: nothing in a token
/// chooses one.
///
/// @param name ours; with the issuer's `sub` it names a person: `<name>|<sub>`
/// @param issuer exactly as tokens and discovery say it
/// @param audience that tokens must be issued for
/// @param tenant for whom the issuer vouches
/// @param type of tokens: `at+jwt` (RFC 9068), or `JWT` for providers that give no better
/// @param rolesClaim an array of words; those that are roles count
/// @param longest life of a token
/// @param client id of the console, a public client there; empty where nobody signs in on a page
/// @param scope that the console asks for
public record IdentityProvider(
    String name,
    String issuer,
    String audience,
    String tenant,
    String type,
    String rolesClaim,
    Duration longest,
    String client,
    String scope) {
  private static final String PREFIX = "identity.";

  public IdentityProvider {
    if (!name.matches("[a-z0-9][a-z0-9-]{0,30}")) {
      throw new IllegalArgumentException(
          "a provider's name is 1 to 31 lower-case letters, digits or hyphens: " + name);
    }
    Limits.requireId("tenant", tenant);
    if (!type.equals("at+jwt") && !type.equals("JWT")) {
      throw new IllegalArgumentException("identity.%s.type is at+jwt or JWT".formatted(name));
    }
    if (audience.isBlank() || rolesClaim.isBlank()) {
      throw new IllegalArgumentException("identity.%s needs an audience".formatted(name));
    }
    URI address = URI.create(issuer);
    boolean loopback = List.of("127.0.0.1", "localhost").contains(address.getHost());
    if (!"https".equals(address.getScheme()) && !loopback) {
      throw new IllegalArgumentException(
          "identity.%s.issuer must be https: %s".formatted(name, issuer));
    }
    if (longest.isNegative() || longest.compareTo(Duration.ofHours(24)) > 0) {
      throw new IllegalArgumentException("identity.%s.longest is at most 24 hours".formatted(name));
    }
  }

  /// Where the provider describes itself (OpenID Connect Discovery 1.0).
  URI discovery() {
    return URI.create(issuer.replaceAll("/$", "") + "/.well-known/openid-configuration");
  }

  /// The registered providers: `identity.<name>.issuer`, `.tenant`, and where they differ from the
  /// usual `.audience`, `.type`, `.roles` and `.longest`; for the console `.client` and `.scope`.
  public static List<IdentityProvider> all(Settings settings) {
    Map<String, IdentityProvider> found = new TreeMap<>();
    for (String key : settings.under(PREFIX).keySet()) {
      String name = key.substring(0, Math.max(0, key.indexOf('.')));
      if (!found.containsKey(name)) {
        found.put(name, one(settings, name));
      }
    }
    return List.copyOf(found.values());
  }

  private static IdentityProvider one(Settings settings, String name) {
    String at = PREFIX + name + ".";
    return new IdentityProvider(
        name,
        settings.required(at + "issuer"),
        settings.text(at + "audience", Tokens.AUDIENCE),
        settings.required(at + "tenant"),
        settings.text(at + "type", "at+jwt"),
        settings.text(at + "roles", "roles"),
        settings.duration(at + "longest", Duration.ofHours(1)),
        settings.text(at + "client", ""),
        settings.text(at + "scope", "openid offline_access"));
  }
}
