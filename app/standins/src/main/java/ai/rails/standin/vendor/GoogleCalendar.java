package ai.rails.standin.vendor;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.standin.Json;
import ai.rails.standin.Response;
import ai.rails.standin.vendor.Endpoint.Guard;
import ai.rails.standin.vendor.Refusal.Kind;

/// One calendar of Google's Calendar API, version 3: events are inserted under the client's own id
/// and got by it. A deleted event is still got, as cancelled, and its id stays taken; a list leaves
/// it out.
public final class GoogleCalendar implements Vendor {
  /// Journal kind.
  public static final String EVENT = "event";

  /// Journal kind: somebody deleted the event with this id.
  public static final String DELETED = "deleted";

  private static final String EVENTS = "/calendar/v3/calendars/{calendar}/events";
  private static final String BODY =
      """
      {'type':'object','additionalProperties':false,'required':['start','end'],'properties':{
        'id':{'type':'string','pattern':'^[a-v0-9]{5,1024}$'},
        'summary':{'type':'string'},'description':{'type':'string'},
        'start':{'$ref':'#/$defs/time'},'end':{'$ref':'#/$defs/time'}},
       '$defs':{'time':{'type':'object','additionalProperties':false,'required':['dateTime'],
        'properties':{'timeZone':{'type':'string'},'dateTime':{'type':'string',
         'pattern':'^[0-9-]{10}T[0-9:]{8}([.][0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})$'}}}}}
      """;

  private final String calendar;
  private final Map<String, String> grant;
  private final String token;

  /// @param grant form for which the token is granted
  public GoogleCalendar(String calendar, Map<String, String> grant, String token) {
    this.calendar = calendar;
    this.grant = Map.copyOf(grant);
    this.token = token;
  }

  @Override
  public List<Endpoint> endpoints() {
    Guard bearer = Guard.header("authorization", "Bearer " + token);
    return List.of(
        Endpoint.token(Google.TOKENS, "/token", List.of(grant), token),
        Endpoint.of(Google.HOST, "GET", EVENTS + "/{id}", bearer, this::get),
        Endpoint.of(Google.HOST, "POST", EVENTS, bearer, this::insert).body(BODY));
  }

  private Response get(Taken taken) {
    return event(taken, taken.named("id"))
        .map(each -> Response.json(200, each))
        .orElseGet(() -> refused(Refusal.of(Kind.MISSING, "Not Found")));
  }

  private Response insert(Taken taken) {
    if (!taken.named("calendar").equals(calendar)) {
      return refused(Refusal.of(Kind.MISSING, "Not Found"));
    }
    String id = taken.body().path("id").asText("e%05d".formatted(taken.journal().effects(EVENT)));
    if (event(taken, id).isPresent()) {
      return Google.error(409, "global", "duplicate", "The requested identifier already exists.");
    }
    String start = taken.body().at("/start/dateTime").asText();
    if (start.compareTo(taken.body().at("/end/dateTime").asText()) > 0) {
      return Google.error(400, "calendar", "timeRangeEmpty", "The specified time range is empty.");
    }
    ObjectNode event =
        Json.object().put("kind", "calendar#event").put("id", id).put("status", "confirmed");
    event.setAll((ObjectNode) taken.body());
    taken.journal().effect(EVENT, event);
    return Response.json(200, event);
  }

  private static Optional<ObjectNode> event(Taken taken, String id) {
    boolean gone = taken.done(DELETED).stream().anyMatch(each -> is(each, id));
    return taken.done(EVENT).stream()
        .filter(each -> is(each, id))
        .map(each -> (ObjectNode) each)
        .map(each -> gone ? each.put("status", "cancelled") : each)
        .findFirst();
  }

  private static boolean is(JsonNode facts, String id) {
    return facts.path("id").asText().equals(id);
  }

  @Override
  public Response refused(Refusal refusal) {
    return Google.refused(refusal);
  }
}
