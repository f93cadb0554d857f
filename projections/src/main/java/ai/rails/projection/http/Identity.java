package ai.rails.projection.http;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;

/// Where the console sends people to sign in: an OpenID provider's endpoints, public by nature.
///
/// @param name by which it was registered
/// @param issuer that answers must name where `namesItself`; empty in development
/// @param authorizationEndpoint absolute, or a path on this server
/// @param tokenEndpoint absolute, or a path on this server
/// @param clientId of a public client: it has no secret, only PKCE
/// @param scope to ask for
/// @param namesItself whether answers say their issuer (RFC 9207)
/// @param development whether anybody can be anybody here, which the pages then say
public record Identity(
    String name,
    String issuer,
    String authorizationEndpoint,
    String tokenEndpoint,
    String clientId,
    String scope,
    boolean namesItself,
    boolean development) {

  /// What the pages read before they can ask for anything.
  Map<String, Object> tree() {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("name", name);
    tree.put("issuer", issuer);
    tree.put("authorizationEndpoint", authorizationEndpoint);
    tree.put("tokenEndpoint", tokenEndpoint);
    tree.put("clientId", clientId);
    tree.put("scope", scope);
    tree.put("namesItself", namesItself);
    return tree;
  }

  /// Origin of the token endpoint for `connect-src`; empty when it is this server.
  String foreignOrigin() {
    URI uri = URI.create(tokenEndpoint);
    return uri.isAbsolute() ? "%s://%s".formatted(uri.getScheme(), uri.getRawAuthority()) : "";
  }
}
