package ai.rails.standin.servicenow;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.standin.Form;
import ai.rails.standin.Ids;
import ai.rails.standin.Json;
import ai.rails.standin.Request;
import ai.rails.standin.Response;

import static java.nio.charset.StandardCharsets.UTF_8;

/// Basic, API key and OAuth. Not thread safe: [ServiceNowStandIn] owns it under its lock.
final class Authenticator {
  private record Token(String user, Instant until) {}

  private record Pair(String name, String secret) {}

  private final InstanceSettings settings;
  private final InstantSource clock;
  private final Ids ids;
  private final Map<String, Token> accessTokens = new HashMap<>();
  private final Map<String, Token> refreshTokens = new HashMap<>();

  Authenticator(InstanceSettings settings, InstantSource clock, Ids ids) {
    this.settings = settings;
    this.clock = clock;
    this.ids = ids;
  }

  /// The user that a request acts as; empty when it proves none.
  Optional<String> user(Request request) {
    Optional<String> key = request.header("x-sn-apikey");
    if (key.isPresent()) {
      return key.map(settings.apiKeys()::get);
    }
    Optional<String> bearer = request.bearer();
    if (bearer.isPresent()) {
      return bearer
          .map(accessTokens::get)
          .filter(token -> clock.instant().isBefore(token.until()))
          .map(Token::user);
    }
    return basic(request).filter(pair -> matches(settings.users(), pair)).map(Pair::name);
  }

  /// `POST /oauth_token.do`. A wrong grant and a JSON body get the same unspecified error that the
  /// vendor gives.
  Response token(Request request) {
    if (!request.method().equals("POST")
        || !request.mediaType().equals("application/x-www-form-urlencoded")) {
      return denied();
    }
    Map<String, String> form = Form.decode(request.body());
    Pair client =
        new Pair(form.getOrDefault("client_id", ""), form.getOrDefault("client_secret", ""));
    if (!matches(
        settings.clients(),
        form.containsKey("client_id") ? client : basic(request).orElse(client))) {
      return denied();
    }
    return switch (form.getOrDefault("grant_type", "")) {
      case "client_credentials" -> granted(settings.clientUser(), false);
      case "password" -> {
        Pair user = new Pair(form.getOrDefault("username", ""), form.getOrDefault("password", ""));
        yield matches(settings.users(), user) ? granted(user.name(), true) : denied();
      }
      case "refresh_token" ->
          Optional.ofNullable(refreshTokens.get(form.getOrDefault("refresh_token", "")))
              .map(token -> granted(token.user(), true))
              .orElseGet(Authenticator::denied);
      default -> denied();
    };
  }

  /// Ends every access token, as an administrator can.
  void revokeTokens() {
    accessTokens.clear();
  }

  private Response granted(String user, boolean refreshable) {
    String access = ids.alphanumeric(86);
    accessTokens.put(access, new Token(user, clock.instant().plus(settings.tokenLife())));
    ObjectNode body = Json.object().put("access_token", access);
    if (refreshable) {
      String refresh = ids.alphanumeric(86);
      refreshTokens.put(refresh, new Token(user, Instant.MAX));
      body.put("refresh_token", refresh);
    }
    return Response.json(
        200,
        body.put("scope", "useraccount")
            .put("token_type", "Bearer")
            .put("expires_in", settings.tokenLife().toSeconds()));
  }

  private static Response denied() {
    return Response.refused(
        401,
        "oauth_denied",
        Json.object().put("error_description", "access_denied").put("error", "server_error"));
  }

  private static Optional<Pair> basic(Request request) {
    Optional<String> encoded =
        request
            .header("authorization")
            .filter(value -> value.regionMatches(true, 0, "Basic ", 0, 6));
    if (encoded.isEmpty()) {
      return Optional.empty();
    }
    try {
      String pair =
          new String(Base64.getDecoder().decode(encoded.get().substring(6).strip()), UTF_8);
      int colon = pair.indexOf(':');
      return colon < 0
          ? Optional.empty()
          : Optional.of(new Pair(pair.substring(0, colon), pair.substring(colon + 1)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static boolean matches(Map<String, String> secrets, Pair pair) {
    return pair.secret().equals(secrets.get(pair.name()));
  }
}
