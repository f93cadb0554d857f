package ai.rails.standin.vendor;

import java.util.List;

import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.standin.Json;
import ai.rails.standin.Response;
import ai.rails.standin.vendor.Endpoint.Guard;

/// Posts of one account of X, version 2 of its API: nobody can ask for one by a marker, and a
/// second one with the same text is refused.
public final class X implements Vendor {
  /// Journal kind.
  public static final String POST = "post";

  private static final String BODY =
      """
      {'type':'object','additionalProperties':false,'required':['text'],
       'properties':{'text':{'type':'string','minLength':1,'maxLength':280}}}
      """;

  private final Guard bearer;

  public X(Guard bearer) {
    this.bearer = bearer;
  }

  @Override
  public List<Endpoint> endpoints() {
    return List.of(Endpoint.of("api.x.com", "POST", "/2/tweets", bearer, this::post).body(BODY));
  }

  private Response post(Taken taken) {
    String text = taken.body().path("text").asText();
    if (taken.done(POST).stream().anyMatch(each -> each.path("text").asText().equals(text))) {
      return problem(
          403, "Forbidden", "You are not allowed to create a Tweet with duplicate content.");
    }
    String id = "18445000000000000%02d".formatted(taken.done(POST).size());
    ObjectNode post = Json.object().put("id", id).put("text", text);
    taken.journal().effect(POST, post);
    ObjectNode answer = Json.object();
    ObjectNode data = post.deepCopy();
    data.putArray("edit_history_tweet_ids").add(id);
    answer.set("data", data);
    return Response.json(201, answer);
  }

  @Override
  public Response refused(Refusal refusal) {
    return switch (refusal.kind()) {
      case MISSING -> problem(404, "Not Found", refusal.detail());
      case UNAUTHENTICATED -> problem(401, "Unauthorized", "Unauthorized");
      case INVALID -> problem(400, "Invalid Request", refusal.detail());
      case BUSY ->
          problem(429, "Too Many Requests", "Too Many Requests")
              .with("x-rate-limit-limit", "100")
              .with("x-rate-limit-remaining", "0")
              .with("x-rate-limit-reset", Long.toString(refusal.until().getEpochSecond()));
      case OUT -> problem(503, "Service Unavailable", refusal.detail());
      case BROKEN -> problem(500, "Internal Server Error", refusal.detail());
    };
  }

  private static Response problem(int status, String title, String detail) {
    return Response.refused(
            status,
            "x_" + status,
            Json.object()
                .put("title", title)
                .put("type", "about:blank")
                .put("status", status)
                .put("detail", detail))
        .with("Content-Type", "application/problem+json");
  }
}
