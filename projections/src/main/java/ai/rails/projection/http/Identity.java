package ai.rails.projection.http;

import java.util.LinkedHashMap;
import java.util.Map;

/// Where the console sends people to sign in: an OpenID provider's endpoints, public by nature.
///
/// @param authorizationEndpoint absolute, or a path on this server
/// @param tokenEndpoint absolute, or a path on this server
/// @param clientId of a public client: it has no secret, only PKCE
/// @param development whether anybody can be anybody here, which the pages then say
public record Identity(
    String authorizationEndpoint, String tokenEndpoint, String clientId, boolean development) {

  /// What the pages read before they can ask for anything.
  Map<String, Object> tree() {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("authorizationEndpoint", authorizationEndpoint);
    tree.put("tokenEndpoint", tokenEndpoint);
    tree.put("clientId", clientId);
    tree.put("development", development);
    return tree;
  }

  /// Origin of the token endpoint for `connect-src`; empty when it is this server.
  String foreignOrigin() {
    java.net.URI uri = java.net.URI.create(tokenEndpoint);
    return uri.isAbsolute() ? "%s://%s".formatted(uri.getScheme(), uri.getRawAuthority()) : "";
  }
}
