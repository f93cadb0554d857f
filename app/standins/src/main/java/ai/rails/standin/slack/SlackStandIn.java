package ai.rails.standin.slack;

import java.net.URI;
import java.net.http.HttpClient;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.standin.Callback;
import ai.rails.standin.Fault;
import ai.rails.standin.Faults;
import ai.rails.standin.Ids;
import ai.rails.standin.Journal;
import ai.rails.standin.Json;
import ai.rails.standin.LocalServer;
import ai.rails.standin.MalformedRequest;
import ai.rails.standin.Request;
import ai.rails.standin.Response;
import ai.rails.standin.Service;
import ai.rails.standin.Transport;

/// A Slack workspace: Web API, response URLs, and a person who presses buttons. All state is
/// guarded by this object.
public final class SlackStandIn implements Service, AutoCloseable {
  private final Workspace workspace;
  private final InstantSource clock;
  private final Conversations conversations;
  private final Triggers triggers;
  private final WebApi webApi;
  private final Interaction interaction;
  private final Faults faults = new Faults();
  private final Journal journal;
  private final HttpClient client;
  private final LocalServer server;
  private final SocketServer sockets;
  private final Ids ids;
  private final boolean rateLimited;
  private final Map<String, Instant> lastPost = new HashMap<>();

  /// What a stand-in needs to start; the journal belongs to it from then on.
  ///
  /// @param rateLimited whether a second post in a channel within a second is refused
  public record Start(
      Workspace workspace,
      boolean rateLimited,
      Transport transport,
      int port,
      Journal journal,
      InstantSource clock,
      Ids ids) {}

  private SlackStandIn(Start start) {
    workspace = start.workspace();
    rateLimited = start.rateLimited();
    clock = start.clock();
    journal = start.journal();
    ids = start.ids();
    conversations = new Conversations(journal, clock);
    triggers = new Triggers(clock, ids);
    webApi = new WebApi(workspace, conversations, triggers, ids);
    interaction = new Interaction(workspace, triggers, clock);
    client = start.transport().client();
    sockets = new SocketServer(start.transport(), workspace, ids);
    server = LocalServer.start(start.transport(), start.port(), this, journal, faults);
  }

  public static SlackStandIn start(Start start) {
    return new SlackStandIn(start);
  }

  public int port() {
    return server.port();
  }

  public URI uri() {
    return server.uri();
  }

  public Faults faults() {
    return faults;
  }

  public Journal journal() {
    return journal;
  }

  /// The messages of a channel, newest first.
  public synchronized List<JsonNode> messages(String channel) {
    return List.copyOf(conversations.newestFirst(channel));
  }

  /// The signed request of a press, which a test may alter before it delivers it.
  public synchronized Callback callback(Press press) {
    ObjectNode message =
        conversations
            .find(press.channel(), press.messageTs())
            .orElseThrow(() ->
                new IllegalArgumentException("the channel has no message " + press.messageTs()));
    return interaction.callback(interaction.pressed(press, message, conversations.nextTs()));
  }

  /// The views that the app has opened, newest last.
  public synchronized List<String> views() {
    return webApi.openViews();
  }

  /// The signed request of a view's submission by the person for whom it was opened.
  ///
  /// @param values block to action to what was entered
  public synchronized Callback submission(String view, Map<String, Map<String, String>> values) {
    return interaction.callback(submitted(view, values));
  }

  private ObjectNode submitted(String view, Map<String, Map<String, String>> values) {
    WebApi.View open = webApi.submitted(view);
    return interaction.submission(open.userId(), open.view(), values);
  }

  /// Where Socket Mode is served.
  public int socketPort() {
    return sockets.port();
  }

  /// Connections of the app.
  public int openSockets() {
    return sockets.open();
  }

  /// Presses a button and sends it through a socket.
  ///
  /// @param retry how often it was sent before
  /// @return the payload of the acknowledgement
  public JsonNode pressThroughSocket(Press press, int retry) {
    ObjectNode payload;
    synchronized (this) {
      ObjectNode message = conversations.find(press.channel(), press.messageTs()).orElseThrow();
      payload = interaction.pressed(press, message, conversations.nextTs());
    }
    return sockets.deliver("interactive", payload, retry);
  }

  /// Submits a view through a socket.
  public JsonNode submitThroughSocket(
      String view, Map<String, Map<String, String>> values, int retry) {
    ObjectNode payload;
    synchronized (this) {
      payload = submitted(view, values);
    }
    return sockets.deliver("interactive", payload, retry);
  }

  /// Tells the app to connect anew, as Slack does now and then.
  public void refreshSockets() {
    sockets.disconnect("refresh_requested");
  }

  /// Ends all sockets without a word.
  public void cutSockets() {
    sockets.cut();
  }

  /// Presses a button and returns what the product answered.
  public Callback.Receipt press(Press press, URI interactivity) {
    return callback(press).deliver(client, interactivity);
  }

  /// Delivers the same press again, as after a timeout; Slack signs each delivery anew.
  public Callback.Receipt redeliver(Callback press, int retry, URI interactivity) {
    return retried(press, retry).deliver(client, interactivity);
  }

  public Callback retried(Callback press, int retry) {
    return interaction
        .signed(press.body())
        .withHeader("X-Slack-Retry-Num", Integer.toString(retry))
        .withHeader("X-Slack-Retry-Reason", "http_timeout");
  }

  @Override
  public synchronized Response answer(Request request) {
    try {
      if (request.path().startsWith("/api/")) {
        return api(request.path().substring(5), request);
      }
      if (request.path().startsWith("/actions/") && request.method().equals("POST")) {
        return respond(request);
      }
      return Response.refused(404, "not_found", error("not_found"));
    } catch (SlackError e) {
      return refusal(e);
    } catch (MalformedRequest e) {
      return refusal(new SlackError("invalid_form_data", String.valueOf(e.getMessage())));
    }
  }

  @Override
  public Response refuse(Fault.Refusal refusal) {
    return switch (refusal) {
      case Fault.RateLimited limited ->
          Response.refused(429, "ratelimited", error("ratelimited"))
              .with("Retry-After", Long.toString(limited.retryAfter().toSeconds()));
      case Fault.QuotaExhausted _, Fault.Overloaded _ ->
          Response.refused(503, "service_unavailable", error("service_unavailable"));
      case Fault.ServerError _ -> Response.refused(500, "internal_error", error("internal_error"));
    };
  }

  @Override
  public void close() {
    server.close();
    sockets.close();
    client.close();
    journal.close();
  }

  private Response api(String method, Request request) {
    Arguments arguments = Arguments.of(request);
    authenticate(method, request.bearer().orElse(arguments.text("token")));
    if (method.equals("apps.connections.open")) {
      URI socket =
          URI.create(
              "%s/link/?ticket=%s&app_id=%s"
                  .formatted(socketUrl(), sockets.newTicket(), workspace.appId()));
      return Response.json(200, WebApi.ok().put("url", socket.toString()));
    }
    if (rateLimited && method.equals("chat.postMessage")) {
      Instant last = lastPost.getOrDefault(arguments.text("channel"), Instant.MIN);
      if (clock.instant().isBefore(last.equals(Instant.MIN) ? last : last.plusSeconds(1))) {
        return Response.refused(429, "ratelimited", error("ratelimited")).with("Retry-After", "1");
      }
    }
    ObjectNode answer = webApi.call(method, arguments);
    if (method.equals("chat.postMessage")) {
      lastPost.put(arguments.text("channel"), clock.instant());
    }
    return Response.json(200, answer).with("X-Slack-Req-Id", ids.hex(32));
  }

  private String socketUrl() {
    return workspace.url().equals("https://slack.com")
        ? "wss://wss-primary.slack.com"
        : workspace.url().replaceFirst("^http", "ws").replaceFirst(":[0-9]+$", "")
            + ":"
            + sockets.port();
  }

  private void authenticate(String method, String token) {
    if (token.isEmpty()) {
      throw new SlackError("not_authed");
    }
    boolean needsAppToken = method.equals("apps.connections.open");
    if (!token.equals(workspace.botToken()) && !token.equals(workspace.appToken())) {
      throw new SlackError("invalid_auth");
    }
    if (token.equals(workspace.appToken()) != needsAppToken) {
      throw new SlackError("not_allowed_token_type");
    }
  }

  /// A response URL: no token, the path is the secret.
  private Response respond(Request request) {
    if (!request.mediaType().equals("application/json")) {
      throw new SlackError("invalid_payload");
    }
    Arguments arguments = Arguments.of(request);
    Triggers.Origin origin = triggers.useResponse(request.path());
    ObjectNode message =
        conversations
            .find(origin.channel(), origin.ts())
            .orElseThrow(() -> new SlackError("message_not_found"))
            .deepCopy();
    if (arguments.flag("delete_original")) {
      conversations.delete(origin.channel(), message);
    } else if (arguments.flag("replace_original")) {
      webApi.content(message, arguments, 4_000);
      conversations.update(origin.channel(), message);
    } else {
      ObjectNode reply = Json.object().put("type", "message").put("bot_id", workspace.botId());
      webApi.content(reply, arguments, 40_000);
      conversations.post(origin.channel(), reply.put("ts", conversations.nextTs()));
    }
    return Response.json(200, WebApi.ok());
  }

  private static Response refusal(SlackError e) {
    ObjectNode body = error(e.code());
    if (!e.detail().isEmpty()) {
      ObjectNode metadata = body.putObject("response_metadata");
      e.detail().lines().forEach(metadata.putArray("messages")::add);
    }
    boolean deadUrl = List.of("expired_url", "used_url", "no_such_url").contains(e.code());
    return Response.refused(deadUrl ? 404 : 200, e.code(), body);
  }

  private static ObjectNode error(String code) {
    return Json.object().put("ok", false).put("error", code);
  }
}
