package ai.rails.standin.telegram;

import java.net.URI;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.standin.Fault;
import ai.rails.standin.Faults;
import ai.rails.standin.Journal;
import ai.rails.standin.Json;
import ai.rails.standin.LocalServer;
import ai.rails.standin.MalformedRequest;
import ai.rails.standin.Request;
import ai.rails.standin.Response;
import ai.rails.standin.Service;
import ai.rails.standin.Transport;

/// A Telegram bot: messages are sent and there is no way to ask for them. All state is guarded by
/// this object.
public final class TelegramStandIn implements Service, AutoCloseable {
  /// Journal kind.
  public static final String MESSAGE = "message";

  private static final Set<String> MEMBERS =
      Set.of(
          "chat_id",
          "text",
          "parse_mode",
          "entities",
          "disable_web_page_preview",
          "disable_notification",
          "reply_to_message_id",
          "allow_sending_without_reply",
          "reply_markup");
  private static final int LONGEST = 4096;

  private final String token;
  private final InstantSource clock;
  private final Journal journal;
  private final Faults faults = new Faults();
  private final LocalServer server;

  /// What a stand-in needs to start; the journal belongs to it from then on.
  public record Start(
      String token, Transport transport, int port, Journal journal, InstantSource clock) {}

  private TelegramStandIn(Start start) {
    token = start.token();
    clock = start.clock();
    journal = start.journal();
    server = LocalServer.start(start.transport(), start.port(), this, journal, faults);
  }

  public static TelegramStandIn start(Start start) {
    return new TelegramStandIn(start);
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

  /// What was sent, oldest first: `{chat_id, text, message_id}`.
  public List<JsonNode> messages() {
    return journal.facts(MESSAGE);
  }

  @Override
  public synchronized Response answer(Request request) {
    String prefix = "/bot" + token + "/";
    if (!request.path().startsWith(prefix)) {
      return error(401, "Unauthorized");
    }
    if (!request.method().equals("POST")) {
      return error(404, "Not Found");
    }
    return switch (request.path().substring(prefix.length())) {
      case "sendMessage" -> send(request);
      case "answerCallbackQuery" -> Response.json(200, ok().put("result", true));
      default -> error(404, "Not Found");
    };
  }

  @Override
  public Response refuse(Fault.Refusal refusal) {
    return switch (refusal) {
      case Fault.RateLimited limited -> {
        long seconds = limited.retryAfter().toSeconds();
        ObjectNode body =
            Json.object()
                .put("ok", false)
                .put("error_code", 429)
                .put("description", "Too Many Requests: retry after " + seconds);
        body.putObject("parameters").put("retry_after", seconds);
        yield Response.refused(429, "too_many_requests", body);
      }
      case Fault.QuotaExhausted _, Fault.Overloaded _ -> error(503, "Service Unavailable");
      case Fault.ServerError _ -> error(500, "Internal Server Error");
    };
  }

  @Override
  public void close() {
    server.close();
    journal.close();
  }

  private Response send(Request request) {
    ObjectNode sent;
    try {
      sent = Json.parseObject(request.body());
    } catch (MalformedRequest e) {
      return error(400, "Bad Request: " + e.getMessage());
    }
    for (String name : (Iterable<String>) sent::fieldNames) {
      if (!MEMBERS.contains(name)) {
        return error(400, "Bad Request: unknown member " + name);
      }
    }
    String text = sent.path("text").asText();
    if (text.isEmpty() || text.length() > LONGEST) {
      return error(400, "Bad Request: message text is empty or too long");
    }
    ObjectNode message =
        Json.object()
            .put("chat_id", sent.path("chat_id").asText())
            .put("text", text)
            .put("message_id", journal.effects(MESSAGE) + 1);
    journal.effect(MESSAGE, message);
    ObjectNode answer = ok();
    ObjectNode result =
        answer
            .putObject("result")
            .put("message_id", message.path("message_id").asLong())
            .put("date", clock.instant().getEpochSecond())
            .put("text", text);
    result.putObject("chat").put("id", message.path("chat_id").asText()).put("type", "private");
    return Response.json(200, answer);
  }

  private static ObjectNode ok() {
    return Json.object().put("ok", true);
  }

  private static Response error(int status, String description) {
    return Response.refused(
        status,
        "telegram_" + status,
        Json.object().put("ok", false).put("error_code", status).put("description", description));
  }
}
