package ai.rails.connector;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

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
/// @param signature made over each request with a secret that is never sent
/// @param login the user's name and password are told to a mail server
public record Auth(
    List<String> secrets,
    List<String> identifiers,
    Optional<String> header,
    Optional<String> scheme,
    Optional<String> pathPrefix,
    Optional<Token> token,
    Optional<Signature> signature,
    boolean login) {
  public Auth {
    secrets = Defaults.of(secrets);
    identifiers = Defaults.of(identifiers);
    long ways =
        Stream.of(header.isPresent(), pathPrefix.isPresent(), signature.isPresent(), login)
            .filter(each -> each)
            .count();
    if (ways != 1) {
      throw new IllegalArgumentException(
          "a credential is sent in a header, in the path, as a signature or as a login");
    }
    if (token.isPresent() && header.isEmpty()) {
      throw new IllegalArgumentException("a token is sent in a header");
    }
    if (token.flatMap(Token::client).isPresent() && secrets.size() < 2) {
      throw new IllegalArgumentException("basic takes a client's id and its password");
    }
  }

  /// An OAuth 2.0 token request, form encoded; the secrets are added under their own names.
  ///
  /// @param place where it is asked for, one of the manifest's places; absent for the instance
  /// @param path `{name}` stands for an identifier, which the form then lacks
  /// @param client how the client says who it is: in the form if absent
  /// @param pointer of the token in the answer
  public record Token(
      Optional<String> place,
      @JsonProperty(required = true) String path,
      Map<String, String> form,
      Optional<Client> client,
      @JsonProperty(required = true) String pointer) {
    public Token {
      form = Defaults.of(form);
    }
  }

  /// Where a client's id and password are told, beside the form (RFC 6749 2.3.1).
  public enum Client {
    /// The first two secrets are sent as HTTP Basic, and not in the form.
    @JsonProperty("basic")
    BASIC
  }

  /// How requests are signed.
  ///
  /// @param service of `aws-sigv4`, for example `s3`
  /// @param content of `hmac-sha256`: what is signed, a text template over `/timestamp` (Unix
  ///   seconds), `/method`, `/host`, `/target` (path and query), `/body`, `/bodySha256` and the
  ///   identifiers
  /// @param key of `hmac-sha256`: how the secret is written
  /// @param encoding of `hmac-sha256`: how the MAC is written
  /// @param headers of `hmac-sha256`: header to a template over the same and `/mac`
  public record Signature(
      @JsonProperty(required = true) Scheme scheme,
      Optional<String> service,
      Optional<String> content,
      Optional<Spelling> key,
      Optional<Spelling> encoding,
      Map<String, String> headers) {
    public Signature {
      headers = Defaults.of(headers);
      boolean whole =
          switch (scheme) {
            case AWS_SIGV4 -> service.isPresent() && content.isEmpty() && headers.isEmpty();
            case HMAC_SHA256 -> service.isEmpty() && content.isPresent() && !headers.isEmpty();
          };
      if (!whole) {
        throw new IllegalArgumentException(
            "aws-sigv4 has a service, hmac-sha256 has content and headers, and neither the"
                + " other's");
      }
    }
  }

  /// The algorithms.
  public enum Scheme {
    @JsonProperty("aws-sigv4")
    AWS_SIGV4,
    @JsonProperty("hmac-sha256")
    HMAC_SHA256
  }

  /// How bytes are written as text.
  public enum Spelling {
    TEXT,
    HEX,
    BASE64
  }
}
