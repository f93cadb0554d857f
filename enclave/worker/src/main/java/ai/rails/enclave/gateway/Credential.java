package ai.rails.enclave.gateway;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import ai.rails.connector.Auth;

/// An opened credential in use for one call: it signs requests, and it knows every text that must
/// not be kept. Confined to the thread that makes the call.
final class Credential {
  private static final int SHORTEST = 4;
  private static final String HIDDEN = "[redacted]";

  private final Auth auth;
  private Map<String, String> secrets;
  private final List<String> hidden = new ArrayList<>();
  private Optional<String> token = Optional.empty();

  /// @param secrets exactly the members that `auth` names
  Credential(Auth auth, Map<String, String> secrets) {
    this.auth = auth;
    this.secrets = Map.copyOf(secrets);
    hideSecrets();
    if (isBasic()) {
      hide(basic());
    }
    auth.signature()
        .filter(each -> each.scheme() == Auth.Scheme.HMAC_SHA256)
        .ifPresent(each -> HmacSignature.key(each, signingSecret()));
  }

  private void hideSecrets() {
    auth.secrets().stream()
        .filter(each -> !auth.identifiers().contains(each))
        .forEach(each -> hide(secret(each)));
  }

  Auth auth() {
    return auth;
  }

  /// From now on these are the secrets; the ones before stay hidden.
  void replace(Map<String, String> newer) {
    secrets = Map.copyOf(newer);
    hideSecrets();
  }

  /// From now on requests carry this token in place of the secrets.
  void token(String granted) {
    hide(granted);
    token = Optional.of(granted);
  }

  /// What a client says of itself where it asks for a token: each half is form-encoded before the
  /// two are put together, as RFC 6749 2.3.1 has it.
  String client() {
    String pair =
        Stream.of(secret(auth.secrets().get(0)), secret(auth.secrets().get(1)))
            .map(each -> URLEncoder.encode(each, StandardCharsets.UTF_8))
            .collect(Collectors.joining(":"));
    String encoded = Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    hide(encoded);
    return "Basic " + encoded;
  }

  /// What requests carry in place of the secrets.
  Optional<String> token() {
    return token;
  }

  /// @param at of a signature, if there is one
  /// @throws IllegalArgumentException if the secret can not stand in a header
  Outbound sign(Outbound request, Instant at) {
    if (auth.signature().isPresent()) {
      return signed(request, auth.signature().get(), at);
    }
    if (auth.login()) {
      return request.login(
          new Outbound.Login(secret(auth.secrets().getFirst()), secret(auth.secrets().getLast())));
    }
    if (auth.header().isEmpty()) {
      return request;
    }
    String value = token.orElseGet(() -> isBasic() ? basic() : secret(auth.secrets().getFirst()));
    return request.header(
        auth.header().get(), auth.scheme().map(scheme -> scheme + " " + value).orElse(value));
  }

  private Outbound signed(Outbound request, Auth.Signature how, Instant at) {
    return switch (how.scheme()) {
      case AWS_SIGV4 ->
          new AwsSignature(
                  secret("access_key_id"),
                  secret("secret_access_key"),
                  Optional.ofNullable(secrets.get("session_token")),
                  secret("region"),
                  how.service().orElseThrow())
              .sign(request, at);
      case HMAC_SHA256 -> {
        Map<String, String> names = new HashMap<>();
        auth.identifiers().forEach(each -> names.put(each, secret(each)));
        yield new HmacSignature(how, signingSecret(), names).sign(request, at);
      }
    };
  }

  /// The one member that is no identifier.
  private String signingSecret() {
    return auth.secrets().stream()
        .filter(each -> !auth.identifiers().contains(each))
        .findFirst()
        .map(this::secret)
        .orElseThrow();
  }

  /// What is sent before a path; empty for most.
  String pathPrefix() {
    return auth.pathPrefix()
        .map(each -> each.replace("{secret}", secret(auth.secrets().getFirst())))
        .orElse("");
  }

  /// A value of the token request's form.
  String secret(String name) {
    String value = secrets.get(name);
    if (value == null) {
      throw new IllegalStateException("the credential lacks a member that was checked: " + name);
    }
    return value;
  }

  /// A text without any secret.
  String scrub(String text) {
    String clean = text;
    for (String each : hidden) {
      clean = clean.replace(each, HIDDEN);
    }
    return clean;
  }

  private boolean isBasic() {
    return auth.scheme().equals(Optional.of("Basic"));
  }

  private String basic() {
    String pair = secret(auth.secrets().getFirst()) + ":" + secret(auth.secrets().getLast());
    return Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
  }

  /// To hide shorter texts would hide half of every evidence.
  private void hide(String text) {
    if (text.length() >= SHORTEST) {
      hidden.add(text);
    }
  }

  @Override
  public String toString() {
    return "Credential[hidden]";
  }
}
