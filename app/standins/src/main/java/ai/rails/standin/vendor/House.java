package ai.rails.standin.vendor;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.standin.Json;
import ai.rails.standin.Response;
import ai.rails.standin.vendor.Endpoint.Guard;
import ai.rails.standin.vendor.Refusal.Kind;

/// A service of one's own that keeps records and idempotency keys, as the IETF's draft on the
/// Idempotency-Key header has it: a key that was used gets the first answer, one with another body
/// 422, one in use 409.
public final class House implements Vendor {
  /// Journal kinds.
  public static final String PUT = "put";

  public static final String POST = "post";

  private static final String RECORD = "{'type':'object'}";

  private final String host;
  private final Guard guard;
  private final List<Endpoint> tokens;
  private volatile boolean busy;

  /// @param tokens token endpoints, if it has any
  public House(String host, Guard guard, List<Endpoint> tokens) {
    this.host = host;
    this.guard = guard;
    this.tokens = List.copyOf(tokens);
  }

  /// From now on the first request under a key is still on its way, or is not any more.
  public void busy(boolean on) {
    busy = on;
  }

  @Override
  public List<Endpoint> endpoints() {
    return Stream.concat(
            tokens.stream(),
            Stream.of(
                Endpoint.of(host, "GET", "/{collection}/{id}", guard, this::get),
                Endpoint.of(host, "PUT", "/{collection}/{id}", guard, this::put).body(RECORD),
                Endpoint.of(host, "POST", "/{collection}", guard, this::post)
                    .header("idempotency-key", ".{1,255}")
                    .body(RECORD)))
        .toList();
  }

  private Response get(Taken taken) {
    return taken.done(PUT).stream()
        .filter(each -> each.path("place").asText().equals(taken.request().path()))
        .reduce((_, last) -> last)
        .map(each -> Response.json(200, each.path("record")))
        .orElseGet(() -> refused(Refusal.of(Kind.MISSING, "there is no such record")));
  }

  private Response put(Taken taken) {
    ObjectNode facts = Json.object().put("place", taken.request().path());
    taken.journal().effect(PUT, facts.set("record", taken.body()));
    return Response.empty(204);
  }

  private Response post(Taken taken) {
    String key = taken.request().header("idempotency-key").orElseThrow();
    if (busy) {
      return problem(409, "A request with this key is being processed");
    }
    Optional<JsonNode> before =
        taken.done(POST).stream().filter(each -> each.path("key").asText().equals(key)).findFirst();
    if (before.isPresent() && !before.get().path("sent").equals(taken.body())) {
      return problem(422, "This key was used with another body");
    }
    return Response.json(
        201, before.map(each -> each.path("record")).orElseGet(() -> made(taken, key)));
  }

  private static JsonNode made(Taken taken, String key) {
    ObjectNode record = Json.object().put("id", Integer.toString(taken.done(POST).size() + 1));
    record.setAll((ObjectNode) taken.body());
    ObjectNode facts = Json.object().put("key", key);
    facts.set("sent", taken.body());
    facts.set("record", record);
    taken.journal().effect(POST, facts);
    return record;
  }

  @Override
  public Response refused(Refusal refusal) {
    return switch (refusal.kind()) {
      case MISSING -> problem(404, refusal.detail());
      case UNAUTHENTICATED -> problem(401, "nobody is known by that");
      case INVALID -> problem(422, refusal.detail());
      case BUSY ->
          problem(429, refusal.detail())
              .with("Retry-After", Long.toString(refusal.pause().toSeconds()));
      case OUT -> problem(503, refusal.detail());
      case BROKEN -> problem(500, refusal.detail());
    };
  }

  private static Response problem(int status, String detail) {
    return Response.refused(
            status,
            "problem_" + status,
            Json.object().put("type", "about:blank").put("status", status).put("detail", detail))
        .with("Content-Type", "application/problem+json");
  }
}
