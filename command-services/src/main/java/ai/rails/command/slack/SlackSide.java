package ai.rails.command.slack;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.platform.egress.ServiceAnswer;
import ai.rails.platform.egress.ServiceTunnel;
import ai.rails.platform.http.Json;

/// What the control plane says to Slack, over a fixed list of hosts: opens a modal and a socket,
/// and answers who clicked. Nothing of it is content. Thread-safe.
public final class SlackSide {
  static final String WEB_API = "slack.com";
  static final String RESPONSES = "hooks.slack.com";
  static final Set<String> SOCKETS = Set.of("wss-primary.slack.com", "wss-backup.slack.com");

  /// All of them, for the tunnel.
  public static final Set<String> HOSTS =
      Set.of(WEB_API, RESPONSES, "wss-primary.slack.com", "wss-backup.slack.com");

  /// A trigger lives for three seconds.
  private static final Duration WITHIN = Duration.ofMillis(2_500);

  private final ServiceTunnel tunnel;

  public SlackSide(ServiceTunnel tunnel) {
    this.tunnel = tunnel;
  }

  /// `views.open`.
  public void openView(String botToken, String trigger, Object view) throws IOException {
    JsonNode _ = call("views.open", botToken, Map.of("trigger_id", trigger, "view", view));
  }

  /// `apps.connections.open`.
  ///
  /// @return the socket's address, on a host of the list
  URI openSocket(String appToken) throws IOException {
    JsonNode answer = call("apps.connections.open", appToken, Map.of());
    URI url = URI.create(answer.path("url").asText());
    boolean ours =
        "wss".equals(url.getScheme())
            && url.getHost() != null
            && SOCKETS.contains(url.getHost())
            && (url.getPort() == -1 || url.getPort() == 443);
    if (!ours) {
      throw new IOException("Slack named a socket elsewhere");
    }
    return url;
  }

  /// Answers to a response URL, if it is Slack's.
  public void respond(String responseUrl, Object message) throws IOException {
    URI url = URI.create(responseUrl);
    if (!"https".equals(url.getScheme())
        || !RESPONSES.equals(url.getHost())
        || (url.getPort() != -1 && url.getPort() != 443)
        || url.getRawUserInfo() != null) {
      throw new IOException("the response URL is not Slack's");
    }
    ServiceAnswer answer = post(RESPONSES, url.getRawPath(), Map.of(), message);
    if (answer.status() != 200) {
      throw new IOException("Slack answered %s to a response".formatted(answer.status()));
    }
  }

  private JsonNode call(String method, String token, Object body) throws IOException {
    ServiceAnswer answer =
        post(WEB_API, "/api/" + method, Map.of("Authorization", "Bearer " + token), body);
    if (answer.status() != 200) {
      throw new IOException("%s was answered with %s".formatted(method, answer.status()));
    }
    JsonNode told = Json.tree(answer.text().getBytes(StandardCharsets.UTF_8));
    if (!told.path("ok").asBoolean()) {
      String error = told.path("error").asText();
      throw new IOException(
          "%s was refused: %s"
              .formatted(method, error.matches("[a-z_]{1,64}") ? error : "no reason"));
    }
    return told;
  }

  private ServiceAnswer post(String host, String target, Map<String, String> headers, Object body)
      throws IOException {
    Map<String, String> all = new java.util.TreeMap<>(headers);
    all.put("Content-Type", "application/json; charset=utf-8");
    all.put("Accept", "application/json");
    return tunnel.post(host, target, all, Json.write(body), WITHIN);
  }
}
