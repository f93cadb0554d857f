package ai.rails.connector;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.annotation.JsonProperty;

/// How a kind of credential is sent.
///
/// @param secrets members of the credential, in the order of use
/// @param identifiers those of them that are no secret, such as a user's name
/// @param header that carries it; absent when the path does
/// @param scheme `Basic`, `Bearer` or absent, when the value stands alone
/// @param pathPrefix put before every path, with the first secret in the place of `{secret}`; no
///   evidence shows it
/// @param token request that changes the secrets for a bearer token
public record Auth(
    List<String> secrets,
    List<String> identifiers,
    Optional<String> header,
    Optional<String> scheme,
    Optional<String> pathPrefix,
    Optional<Token> token) {
  public Auth {
    secrets = Defaults.of(secrets);
    identifiers = Defaults.of(identifiers);
    if (header.isPresent() == pathPrefix.isPresent()) {
      throw new IllegalArgumentException("a credential is sent in a header or in the path");
    }
  }

  /// An OAuth 2.0 token request, form encoded; the secrets are added under their own names.
  ///
  /// @param pointer of the token in the answer
  public record Token(
      @JsonProperty(required = true) String path,
      Map<String, String> form,
      @JsonProperty(required = true) String pointer) {
    public Token {
      form = Defaults.of(form);
    }
  }
}
