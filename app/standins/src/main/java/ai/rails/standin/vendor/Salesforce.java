package ai.rails.standin.vendor;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.standin.Json;
import ai.rails.standin.Response;
import ai.rails.standin.vendor.Endpoint.Guard;
import ai.rails.standin.vendor.Refusal.Kind;

/// Cases of a Salesforce organisation with a unique external id `AIRails__c`: sObject Rows and
/// sObject Rows by External ID of the REST API, version 62.0.
public final class Salesforce implements Vendor {
  /// Journal kind: a case as a call of the API left it.
  public static final String UPSERT = "upsert";

  /// Journal kind: a case as somebody at the organisation left it, with the same members.
  public static final String EDIT = "edit";

  private static final String ROWS = "/services/data/v62.0/sobjects/Case/";
  private static final String CASE =
      """
      {'type':'object','additionalProperties':false,'properties':{
        'Subject':{'type':'string','maxLength':255},
        'Description':{'type':'string','maxLength':32000},
        'Priority':{'enum':['High','Medium','Low']},
        'Status':{'type':'string','maxLength':255},
        'Origin':{'type':'string','maxLength':255}}}
      """;

  private final String host;
  private final List<Map<String, String>> grants;
  private final String token;

  /// @param grants forms for which the token is granted
  public Salesforce(String host, List<Map<String, String>> grants, String token) {
    this.host = host;
    this.grants = List.copyOf(grants);
    this.token = token;
  }

  @Override
  public List<Endpoint> endpoints() {
    Guard bearer = Guard.header("authorization", "Bearer " + token);
    return List.of(
        Endpoint.token(host, "/services/oauth2/token", grants, token),
        Endpoint.of(host, "GET", ROWS + "{id}", bearer, taken -> read(taken, "/Id", "id")),
        Endpoint.of(
            host, "GET", ROWS + "AIRails__c/{key}", bearer, taken -> read(taken, "/key", "key")),
        Endpoint.of(host, "PATCH", ROWS + "AIRails__c/{key}", bearer, this::upsert).body(CASE));
  }

  private Response read(Taken taken, String pointer, String name) {
    return record(taken, pointer, taken.named(name))
        .map(found -> {
          ObjectNode row = Json.object();
          row.putObject("attributes")
              .put("type", "Case")
              .put("url", ROWS + found.path("Id").asText());
          row.setAll((ObjectNode) found);
          row.set("AIRails__c", row.remove("key"));
          return Response.json(200, row);
        })
        .orElseGet(
            () -> refused(Refusal.of(Kind.MISSING, "The requested resource does not exist")));
  }

  private Response upsert(Taken taken) {
    Optional<JsonNode> before = record(taken, "/key", taken.named("key"));
    String id =
        before
            .map(each -> each.path("Id").asText())
            .orElseGet(() -> "500Wy%013dAAA".formatted(taken.journal().effects(UPSERT) + 1));
    ObjectNode row = Json.object().put("Id", id).put("Status", "New");
    before.ifPresent(each -> row.setAll((ObjectNode) each));
    row.put("key", taken.named("key")).setAll((ObjectNode) taken.body());
    taken.journal().effect(UPSERT, row);
    ObjectNode answer = Json.object().put("id", id).put("success", true);
    answer.putArray("errors");
    return Response.json(before.isPresent() ? 200 : 201, answer.put("created", before.isEmpty()));
  }

  /// The last that was written of it, by whomever.
  private static Optional<JsonNode> record(Taken taken, String pointer, String value) {
    return taken.journal().effectEntries().stream()
        .map(each -> each.path("facts"))
        .filter(each -> each.at(pointer).asText().equals(value))
        .reduce((_, last) -> last);
  }

  @Override
  public Response refused(Refusal refusal) {
    return switch (refusal.kind()) {
      case MISSING -> error(404, "NOT_FOUND", refusal.detail());
      case UNAUTHENTICATED -> error(401, "INVALID_SESSION_ID", "Session expired or invalid");
      case INVALID -> error(400, "INVALID_FIELD", refusal.detail());
      case BUSY -> error(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.");
      case OUT -> error(503, "SERVER_UNAVAILABLE", refusal.detail());
      case BROKEN -> error(500, "UNKNOWN_EXCEPTION", refusal.detail());
    };
  }

  static Response error(int status, String code, String message) {
    return Response.refused(
        status,
        code,
        JsonNodeFactory.instance
            .arrayNode()
            .add(Json.object().put("message", message).put("errorCode", code)));
  }
}
