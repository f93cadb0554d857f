package ai.rails.standin.zendesk;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
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

/// A Zendesk account: tickets and their comments, idempotent creation, and safe updates that are
/// refused when the ticket has changed. All state is guarded by this object.
public final class ZendeskStandIn implements Service, AutoCloseable {
  /// Journal kind: one comment written.
  public static final String COMMENT = "comment";

  private static final String TICKET = "ticket";
  private static final String CLOSED = "closed";
  private static final Pattern PATH =
      Pattern.compile("/api/v2/tickets/([0-9]{1,18})(/comments)?\\.json");
  private static final Set<String> WRITABLE =
      Set.of(
          "subject",
          "comment",
          "priority",
          "status",
          "external_id",
          "safe_update",
          "updated_stamp");

  private final String user;
  private final String apiToken;
  private final InstantSource clock;
  private final Journal journal;
  private final Faults faults = new Faults();
  private final Map<Long, ObjectNode> tickets = new LinkedHashMap<>();
  private final Map<Long, List<ObjectNode>> comments = new HashMap<>();
  private final Map<String, Long> keys = new HashMap<>();
  private final LocalServer server;

  /// What a stand-in needs to start; the journal belongs to it from then on.
  ///
  /// @param user e-mail address and `/token`, as an API token is used
  public record Start(
      String user,
      String apiToken,
      Transport transport,
      int port,
      Journal journal,
      InstantSource clock) {}

  private ZendeskStandIn(Start start) {
    user = start.user();
    apiToken = start.apiToken();
    clock = start.clock();
    journal = start.journal();
    journal
        .effectEntries()
        .forEach(entry -> apply(entry.path("kind").asText(), entry.path("facts")));
    server = LocalServer.start(start.transport(), start.port(), this, journal, faults);
  }

  public static ZendeskStandIn start(Start start) {
    return new ZendeskStandIn(start);
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

  /// A customer writes.
  public synchronized void seedTicket(long id, String subject, String description) {
    if (!tickets.containsKey(id)) {
      ObjectNode ticket = ticket(id, subject, "normal").put("description", description);
      commit(TICKET, ticket);
    }
  }

  /// Nobody may change it from now on.
  public synchronized void closeTicket(long id) {
    ObjectNode ticket = tickets.get(id);
    if (ticket == null) {
      throw new IllegalArgumentException("there is no ticket " + id);
    }
    commit(
        TICKET,
        ticket.deepCopy().put("status", CLOSED).put("updated_at", clock.instant().toString()));
  }

  public synchronized Optional<JsonNode> ticket(long id) {
    return Optional.ofNullable(tickets.get(id));
  }

  /// What was written to a ticket, oldest first.
  public synchronized List<ObjectNode> comments(long id) {
    return List.copyOf(comments.getOrDefault(id, List.of()));
  }

  @Override
  public synchronized Response answer(Request request) {
    String basic =
        "Basic "
            + Base64.getEncoder()
                .encodeToString((user + ":" + apiToken).getBytes(StandardCharsets.UTF_8));
    if (!request.header("authorization").equals(Optional.of(basic))) {
      return error(401, "Couldn't authenticate you", "");
    }
    try {
      if (request.path().equals("/api/v2/tickets.json") && request.method().equals("POST")) {
        return create(request);
      }
      Matcher path = PATH.matcher(request.path());
      if (!path.matches()) {
        return error(404, "InvalidEndpoint", "Not found");
      }
      return onTicket(request, Long.parseLong(path.group(1)), path.group(2) != null);
    } catch (MalformedRequest e) {
      return error(422, "RecordInvalid", String.valueOf(e.getMessage()));
    }
  }

  @Override
  public Response refuse(Fault.Refusal refusal) {
    return switch (refusal) {
      case Fault.RateLimited limited ->
          error(429, "APIRateLimitExceeded", "Number of allowed API requests per minute exceeded")
              .with("Retry-After", Long.toString(limited.retryAfter().toSeconds()));
      case Fault.QuotaExhausted _, Fault.Overloaded _ -> error(503, "ServiceUnavailable", "");
      case Fault.ServerError _ -> error(500, "InternalServerError", "");
    };
  }

  @Override
  public void close() {
    server.close();
    journal.close();
  }

  private Response onTicket(Request request, long id, boolean ofComments) {
    ObjectNode ticket = tickets.get(id);
    if (ticket == null) {
      return error(404, "RecordNotFound", "Not found");
    }
    if (request.method().equals("GET")) {
      return Response.json(
          200, ofComments ? comments(id, request) : Json.object().set(TICKET, ticket));
    }
    return request.method().equals("PUT") && !ofComments
        ? update(request, ticket.deepCopy())
        : error(405, "MethodNotAllowed", "");
  }

  private ObjectNode comments(long id, Request request) {
    List<ObjectNode> all = comments(id);
    boolean newestFirst = request.query().getOrDefault("sort_order", "asc").equals("desc");
    ObjectNode page = Json.object();
    ArrayNode items = page.putArray("comments");
    (newestFirst ? all.reversed() : all).stream().limit(100).forEach(items::add);
    return page.put("count", all.size()).putNull("next_page");
  }

  private Response create(Request request) {
    String key = request.header("idempotency-key").orElse("");
    Long before = keys.get(key);
    if (!key.isEmpty() && before != null) {
      return Response.json(201, Json.object().set(TICKET, tickets.get(before)))
          .with("x-idempotency-lookup", "hit");
    }
    ObjectNode sent = sent(request);
    String subject = sent.path("subject").asText();
    String body = sent.path("comment").path("body").asText();
    if (body.isEmpty()) {
      return error(422, "RecordInvalid", "Description: cannot be blank");
    }
    long id = 1_000_000L + tickets.size() + 1;
    ObjectNode ticket =
        ticket(id, subject, sent.path("priority").asText("normal"))
            .put("description", body)
            .put("external_id", sent.path("external_id").asText())
            .put("idempotency_key", key);
    commit(TICKET, ticket);
    return Response.json(201, Json.object().set(TICKET, tickets.get(id)))
        .with("x-idempotency-lookup", "miss");
  }

  private Response update(Request request, ObjectNode ticket) {
    ObjectNode sent = sent(request);
    if (ticket.path("status").asText().equals(CLOSED)) {
      return error(422, "RecordInvalid", "Status: closed prevents ticket update");
    }
    boolean safe = sent.path("safe_update").asBoolean();
    if (safe && !sent.path("updated_stamp").asText().equals(ticket.path("updated_at").asText())) {
      return error(409, "UpdateConflict", "Safe Update prevented the update due to outdated data");
    }
    if (sent.has("status")) {
      ticket.put("status", sent.path("status").asText());
    }
    ticket.put("updated_at", clock.instant().toString());
    ObjectNode facts = Json.object();
    facts.set(TICKET, ticket);
    facts
        .put("id", journal.effects(COMMENT) + 1)
        .put("plain_body", sent.path("comment").path("body").asText())
        .put("public", sent.path("comment").path("public").asBoolean(true));
    commit(COMMENT, facts);
    return Response.json(200, Json.object().set(TICKET, ticket));
  }

  private static ObjectNode sent(Request request) {
    if (!request.mediaType().equals("application/json")) {
      throw new MalformedRequest("the body is not application/json");
    }
    if (!(Json.parseObject(request.body()).path(TICKET) instanceof ObjectNode ticket)) {
      throw new MalformedRequest("the body has no ticket");
    }
    List<String> unknown = new ArrayList<>();
    ticket
        .fieldNames()
        .forEachRemaining(name -> {
          if (!WRITABLE.contains(name)) {
            unknown.add(name);
          }
        });
    if (!unknown.isEmpty()) {
      throw new MalformedRequest("a ticket has no " + unknown);
    }
    return ticket;
  }

  private ObjectNode ticket(long id, String subject, String priority) {
    String now = clock.instant().toString();
    return Json.object()
        .put("id", id)
        .put("status", "new")
        .put("subject", subject)
        .put("priority", priority)
        .put("created_at", now)
        .put("updated_at", now);
  }

  private void commit(String kind, ObjectNode facts) {
    journal.effect(kind, facts);
    apply(kind, facts);
  }

  private void apply(String kind, JsonNode facts) {
    if (kind.equals(TICKET)) {
      ObjectNode ticket = facts.deepCopy();
      String key = ticket.path("idempotency_key").asText();
      ticket.remove("idempotency_key");
      tickets.put(ticket.path("id").asLong(), ticket);
      if (!key.isEmpty()) {
        keys.put(key, ticket.path("id").asLong());
      }
    } else if (kind.equals(COMMENT)) {
      long id = facts.at("/ticket/id").asLong();
      tickets.put(id, facts.path(TICKET).deepCopy());
      ObjectNode comment = facts.deepCopy();
      comment.remove(TICKET);
      comments.computeIfAbsent(id, _ -> new ArrayList<>()).add(comment);
    }
  }

  private static Response error(int status, String code, String description) {
    return Response.refused(
        status, code, Json.object().put("error", code).put("description", description));
  }
}
