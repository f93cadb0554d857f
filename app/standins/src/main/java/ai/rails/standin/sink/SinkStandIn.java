package ai.rails.standin.sink;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

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

/// One operation for each class, and a journal that knows every effect by the marker of its call:
/// the oracle for "once".
///
/// * `POST /k` keeps the first answer to an `Idempotency-Key`;
/// * `PUT /u/<item>` sets a value: setting it to what it is does nothing;
/// * `POST /q` adds an entry with a tag, `GET /q?tag=` finds it;
/// * `POST /n` does it again each time, and can not be asked.
///
/// All state is guarded by this object.
public final class SinkStandIn implements Service, AutoCloseable {
  /// Journal kind.
  public static final String EFFECT = "effect";

  private final String token;
  private final Journal journal;
  private final Faults faults = new Faults();
  private final Map<String, JsonNode> answers = new HashMap<>();
  private final Map<String, String> values = new HashMap<>();
  private final Map<String, List<String>> tags = new HashMap<>();
  private long lastId;
  private final LocalServer server;

  /// @param journal belongs to it from now on; what it says is the state
  private SinkStandIn(String token, Transport transport, int port, Journal journal) {
    this.token = token;
    this.journal = journal;
    journal.facts(EFFECT).forEach(this::apply);
    server = LocalServer.start(transport, port, this, journal, faults);
  }

  public static SinkStandIn start(String token, Transport transport, int port, Journal journal) {
    return new SinkStandIn(token, transport, port, journal);
  }

  public int port() {
    return server.port();
  }

  public Faults faults() {
    return faults;
  }

  /// Every effect, oldest first: `{class, id, marker, key}`.
  public List<JsonNode> effects() {
    return journal.facts(EFFECT);
  }

  /// How many effects there were.
  public long effectCount() {
    return journal.effects(EFFECT);
  }

  @Override
  public synchronized Response answer(Request request) {
    if (!request.bearer().map(token::equals).orElse(false)) {
      return error(401, "unauthorized");
    }
    try {
      String what = request.method() + " " + request.path().replaceFirst("^/u/.*", "/u");
      return switch (what) {
        case "POST /k" -> keyed(request);
        case "PUT /u" -> set(request);
        case "GET /u" -> Response.json(200, value(request.path().substring(3)));
        case "POST /q" -> Response.json(201, effect("Q", sent(request), ""));
        case "GET /q" -> Response.json(200, tagged(request.query().getOrDefault("tag", "")));
        case "POST /n" -> Response.json(201, effect("N", sent(request), ""));
        default -> error(404, "not_found");
      };
    } catch (MalformedRequest e) {
      return error(400, "malformed");
    }
  }

  @Override
  public Response refuse(Fault.Refusal refusal) {
    return switch (refusal) {
      case Fault.RateLimited limited ->
          error(429, "rate_limited")
              .with("Retry-After", Long.toString(limited.retryAfter().toSeconds()));
      case Fault.QuotaExhausted _, Fault.Overloaded _ -> error(503, "overloaded");
      case Fault.ServerError _ -> error(500, "server_error");
    };
  }

  @Override
  public void close() {
    server.close();
    journal.close();
  }

  private Response keyed(Request request) {
    String key = request.header("idempotency-key").orElse("");
    if (key.isEmpty()) {
      return error(400, "no_key");
    }
    JsonNode kept = answers.get(key);
    return Response.json(201, kept != null ? kept : effect("K", sent(request), key));
  }

  private Response set(Request request) {
    String item = request.path().substring(3);
    ObjectNode sent = sent(request);
    sent.put("item", item);
    if (!sent.path("value").asText().equals(values.get(item))) {
      effect("U", sent, "");
    }
    return Response.json(200, value(item));
  }

  private ObjectNode value(String item) {
    return Json.object().put("item", item).put("value", values.getOrDefault(item, ""));
  }

  private ObjectNode tagged(String tag) {
    ObjectNode found = Json.object();
    var entries = found.putArray("entries");
    tags.getOrDefault(tag, List.of()).forEach(id -> entries.addObject().put("id", id));
    return found;
  }

  private static ObjectNode sent(Request request) {
    ObjectNode sent = Json.parseObject(request.body());
    if (sent.path("marker").asText().isEmpty()) {
      throw new MalformedRequest("no marker");
    }
    return sent;
  }

  private ObjectNode effect(String klass, ObjectNode sent, String key) {
    ObjectNode facts =
        Json.object()
            .put("class", klass)
            .put("id", String.valueOf(lastId + 1))
            .put("marker", sent.path("marker").asText())
            .put("key", key)
            .put("item", sent.path("item").asText())
            .put("value", sent.path("value").asText());
    journal.effect(EFFECT, facts);
    apply(facts);
    return Json.object().put("id", facts.path("id").asText());
  }

  private void apply(JsonNode facts) {
    lastId = facts.path("id").asLong();
    String id = facts.path("id").asText();
    switch (facts.path("class").asText()) {
      case "K" -> answers.put(facts.path("key").asText(), Json.object().put("id", id));
      case "U" -> values.put(facts.path("item").asText(), facts.path("value").asText());
      case "Q" ->
          tags.computeIfAbsent(facts.path("marker").asText(), _ -> new ArrayList<>()).add(id);
      default -> {}
    }
  }

  private static Response error(int status, String code) {
    return Response.refused(status, code, Json.object().put("error", code));
  }
}
