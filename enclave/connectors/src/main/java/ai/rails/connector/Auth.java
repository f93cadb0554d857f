package ai.rails.connector;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.annotation.JsonProperty;

/// How a kind of credential is sent.
///
/// @param secrets members of the credential, in the order of use
/// @param identifiers those of them that are no secret, such as a user's name
/// @param scheme `Basic`, `Bearer` or absent, when the value stands alone
/// @param token request that changes the secrets for a bearer token
public record Auth(
    List<String> secrets,
    List<String> identifiers,
    @JsonProperty(required = true) String header,
    Optional<String> scheme,
    Optional<Token> token) {
  public Auth {
    secrets = Defaults.of(secrets);
    identifiers = Defaults.of(identifiers);
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
