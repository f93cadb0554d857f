package ai.rails.command.slack;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.command.connector.ConnectorApi.AppTokens;
import ai.rails.command.gate.ApproverLoad;
import ai.rails.command.gate.Gates;
import ai.rails.command.hook.Signatures;
import ai.rails.command.hook.WebhookSecrets;
import ai.rails.command.key.TenantSecrets;
import ai.rails.platform.egress.ServiceTunnel;
import ai.rails.platform.http.Access;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Json;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Route;
import ai.rails.platform.postgres.Database;

/// Clicks and forms of approval cards in Slack, over HTTP and through sockets.
public final class SlackApi {
  private final WebhookSecrets secrets;
  private final SlackTokens tokens;
  private final SlackDesk desk;
  private final Optional<ServiceTunnel> tunnel;
  private final InstantSource clock;

  /// @param tunnel absent where the control plane has no way out: no modals and no sockets then
  public SlackApi(
      WebhookSecrets secrets,
      TenantSecrets keys,
      Gates gates,
      ApproverLoad load,
      Database database,
      Optional<ServiceTunnel> tunnel,
      InstantSource clock) {
    this.secrets = secrets;
    this.tokens = new SlackTokens(database, keys);
    this.desk = new SlackDesk(gates, load, database, tokens, tunnel.map(SlackSide::new));
    this.tunnel = tunnel;
    this.clock = clock;
  }

  public List<Route> routes() {
    return List.of(
        new Route(
            "POST",
            "/v1/slack/{tenant}/{instance}/interactivity",
            Label.STRONG,
            Access.open("Slack signs the body with the app's signing secret"),
            this::interact));
  }

  /// Sockets of all apps with an app-level token, where there is a way out.
  public Optional<SocketMode> sockets(RandomGenerator random) {
    return tunnel.map(way ->
        new SocketMode(
            way,
            new SocketMode.Apps() {
              @Override
              public List<SlackApp> all() {
                return tokens.all();
              }

              @Override
              public Optional<String> token(SlackApp app) {
                return tokens.of(app).flatMap(AppTokens::app);
              }
            },
            desk::take,
            random));
  }

  private Answer interact(Request request) {
    SlackApp app = new SlackApp(request.path("tenant"), request.path("instance"));
    verify(request, app);
    request.requireType("application/x-www-form-urlencoded");
    return desk.take(app, payload(request.body()), request.traceparent())
        .map(Answer::ok)
        .orElseGet(() -> Answer.empty(200));
  }

  private void verify(Request request, SlackApp app) {
    boolean valid =
        Signatures.valid(
            secrets.of(app.tenant(), app.instance()),
            "v0:%s:",
            "v0=",
            request.headers("X-Slack-Signature"),
            request.header("X-Slack-Request-Timestamp"),
            request.body(),
            clock.instant());
    if (!valid) {
      throw new Problem(401, "SIGNATURE_INVALID", "the signature or its time is not valid");
    }
  }

  /// The one field of the form that Slack sends.
  private static JsonNode payload(byte[] body) {
    for (String pair : new String(body, StandardCharsets.UTF_8).split("&", -1)) {
      if (pair.startsWith("payload=")) {
        String json = decoded(pair.substring("payload=".length()));
        return Json.tree(json.getBytes(StandardCharsets.UTF_8));
      }
    }
    throw Problem.malformed("the form has no field payload");
  }

  private static String decoded(String value) {
    try {
      return URLDecoder.decode(value, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw Problem.malformed("the form is not URL-encoded");
    }
  }
}
