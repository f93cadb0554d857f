package ai.rails.standin.vendor;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.standin.Json;
import ai.rails.standin.Response;
import ai.rails.standin.vendor.Endpoint.Guard;
import ai.rails.standin.vendor.Refusal.Kind;

/// One conversation of Intercom, version 2.11 of its API: it is retrieved, and replied to with
/// notes. Of its parts the newest 500 are given.
public final class Intercom implements Vendor {
  /// Journal kind.
  public static final String NOTE = "note";

  private static final String HOST = "api.intercom.io";
  private static final int MOST_PARTS = 500;
  private static final String REPLY =
      """
      {'type':'object','additionalProperties':false,
       'required':['message_type','type','admin_id','body'],'properties':{
        'message_type':{'enum':['comment','note']},
        'type':{'const':'admin'},
        'admin_id':{'const':'{admin}'},
        'body':{'type':'string','minLength':1}}}
      """;

  private final String token;
  private final String conversation;
  private final String admin;

  public Intercom(String token, String conversation, String admin) {
    this.token = token;
    this.conversation = conversation;
    this.admin = admin;
  }

  @Override
  public List<Endpoint> endpoints() {
    Guard bearer = Guard.header("authorization", "Bearer " + token);
    return List.of(
        Endpoint.of(HOST, "GET", "/conversations/{id}", bearer, this::retrieve)
            .query("display_as", "plaintext")
            .header("intercom-version", "2[.]11"),
        Endpoint.of(HOST, "POST", "/conversations/{id}/reply", bearer, this::reply)
            .header("intercom-version", "2[.]11")
            .body(REPLY.replace("{admin}", admin)));
  }

  private Response retrieve(Taken taken) {
    return taken.named("id").equals(conversation)
        ? Response.json(200, conversation(taken, !taken.request().query().isEmpty()))
        : refused(Refusal.of(Kind.MISSING, "Resource Not Found"));
  }

  private Response reply(Taken taken) {
    if (!taken.named("id").equals(conversation)) {
      return refused(Refusal.of(Kind.MISSING, "Resource Not Found"));
    }
    taken
        .journal()
        .effect(
            NOTE,
            Json.object()
                .put("id", Long.toString(101 + taken.journal().effects(NOTE)))
                .put("part_type", taken.body().path("message_type").asText())
                .put("body", html(taken.body().path("body").asText())));
    return Response.json(200, conversation(taken, false));
  }

  /// Text without markup comes back as paragraphs.
  private static String html(String body) {
    return body.startsWith("<")
        ? body
        : Arrays.stream(body.split("\n\n"))
            .map(each -> "<p>" + each + "</p>")
            .collect(Collectors.joining("\n"));
  }

  private static String plain(String html) {
    return html.replaceAll("<[^>]*>", "").replace("&lt;", "<").replace("&amp;", "&");
  }

  private ObjectNode conversation(Taken taken, boolean plain) {
    List<JsonNode> notes = taken.done(NOTE);
    ObjectNode answer =
        Json.object().put("type", "conversation").put("id", conversation).put("state", "open");
    ObjectNode list = answer.putObject("conversation_parts");
    list.put("type", "conversation_part.list").put("total_count", notes.size());
    ArrayNode parts = list.putArray("conversation_parts");
    for (JsonNode each : notes.subList(Math.max(0, notes.size() - MOST_PARTS), notes.size())) {
      ObjectNode part = Json.object().put("type", "conversation_part");
      part.setAll((ObjectNode) each);
      String body = each.path("body").asText();
      part.put("body", plain ? plain(body) : body)
          .put("created_at", taken.at().getEpochSecond())
          .putObject("author")
          .put("type", "admin")
          .put("id", admin);
      parts.add(part);
    }
    return answer;
  }

  @Override
  public Response refused(Refusal refusal) {
    return switch (refusal.kind()) {
      case MISSING -> error(404, "not_found", refusal.detail());
      case UNAUTHENTICATED -> error(401, "unauthorized", "Access Token Invalid");
      case INVALID -> error(400, "parameter_invalid", refusal.detail());
      case BUSY ->
          error(429, "rate_limit_exceeded", "Exceeded rate limit")
              .with("X-RateLimit-Limit", "10000")
              .with("X-RateLimit-Remaining", "0")
              .with("X-RateLimit-Reset", Long.toString(refusal.until().getEpochSecond()));
      case OUT -> error(503, "service_unavailable", refusal.detail());
      case BROKEN -> error(500, "server_error", refusal.detail());
    };
  }

  private static Response error(int status, String code, String message) {
    ObjectNode body =
        Json.object()
            .put("type", "error.list")
            .put("request_id", "b8b42c55-347c-4704-b4c1-92220c01f4ac");
    body.putArray("errors").addObject().put("code", code).put("message", message);
    return Response.refused(status, code, body);
  }
}
