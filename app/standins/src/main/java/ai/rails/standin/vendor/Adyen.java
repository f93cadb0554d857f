package ai.rails.standin.vendor;

import java.util.List;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.standin.Json;
import ai.rails.standin.Response;
import ai.rails.standin.vendor.Endpoint.Guard;

/// Refunds of Adyen's Checkout API, version 71, under idempotency keys: a key that was used gets
/// the first answer again, one that is in use gets error 704.
public final class Adyen implements Vendor {
  /// Journal kind.
  public static final String REFUND = "refund";

  private static final String BODY =
      """
      {'type':'object','additionalProperties':false,'required':['merchantAccount','amount'],
       'properties':{
        'merchantAccount':{'const':'{merchant}'},
        'reference':{'type':'string','maxLength':80},
        'amount':{'type':'object','additionalProperties':false,'required':['value','currency'],
          'properties':{'value':{'type':'integer','minimum':1},
            'currency':{'type':'string','minLength':3,'maxLength':3}}}}}
      """;

  private final String host;
  private final String base;
  private final String key;
  private final String merchant;
  private final String payment;
  private volatile boolean busy;

  /// @param base of the paths, `/v71` or with the live platform's part before it
  /// @param payment the one that was captured
  public Adyen(String host, String base, String key, String merchant, String payment) {
    this.host = host;
    this.base = base;
    this.key = key;
    this.merchant = merchant;
    this.payment = payment;
  }

  /// From now on the first request under a key is still on its way, or is not any more.
  public void busy(boolean on) {
    busy = on;
  }

  @Override
  public List<Endpoint> endpoints() {
    return List.of(
        Endpoint.of(
                host,
                "POST",
                base + "/payments/{psp}/refunds",
                Guard.header("x-api-key", key),
                this::refund)
            .header("idempotency-key", ".{1,64}")
            .body(BODY.replace("{merchant}", merchant)));
  }

  private Response refund(Taken taken) {
    String used = taken.request().header("idempotency-key").orElseThrow();
    if (busy) {
      return error(422, "704", "request already processed or in progress", "validation")
          .with("transient-error", "true");
    }
    Optional<JsonNode> before =
        taken.done(REFUND).stream()
            .filter(each -> each.path("key").asText().equals(used))
            .findFirst();
    if (before.isEmpty() && !taken.named("psp").equals(payment)) {
      return error(422, "167", "Original pspReference required for this operation", "validation");
    }
    ObjectNode answer =
        before
            .<ObjectNode>map(each -> each.path("answer").deepCopy())
            .orElseGet(() -> refunded(taken, used));
    return Response.json(201, answer).with("Idempotency-Key", used);
  }

  private ObjectNode refunded(Taken taken, String used) {
    ObjectNode answer = Json.object();
    answer.setAll((ObjectNode) taken.body());
    answer
        .put("paymentPspReference", payment)
        .put("pspReference", "GQHK%012d".formatted(taken.journal().effects(REFUND) + 1))
        .put("status", "received");
    taken.journal().effect(REFUND, Json.object().put("key", used).set("answer", answer));
    return answer;
  }

  @Override
  public Response refused(Refusal refusal) {
    return switch (refusal.kind()) {
      case MISSING -> error(404, "000", "HTTP Status Response - Not Found", "validation");
      case UNAUTHENTICATED -> error(401, "000", "HTTP Status Response - Unauthorized", "security");
      case INVALID -> error(422, "702", refusal.detail(), "validation");
      case BUSY ->
          error(429, "000", refusal.detail(), "validation")
              .with("Retry-After", Long.toString(refusal.pause().toSeconds()));
      case OUT -> error(503, "000", refusal.detail(), "internal");
      case BROKEN -> error(500, "905", refusal.detail(), "internal");
    };
  }

  private static Response error(int status, String code, String message, String type) {
    return Response.refused(
        status,
        "adyen_" + code,
        Json.object()
            .put("status", status)
            .put("errorCode", code)
            .put("message", message)
            .put("errorType", type));
  }
}
