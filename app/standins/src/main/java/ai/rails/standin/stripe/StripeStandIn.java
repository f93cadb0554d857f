package ai.rails.standin.stripe;

import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.standin.Fault;
import ai.rails.standin.Faults;
import ai.rails.standin.Ids;
import ai.rails.standin.Journal;
import ai.rails.standin.Json;
import ai.rails.standin.LocalServer;
import ai.rails.standin.Request;
import ai.rails.standin.Response;
import ai.rails.standin.Service;
import ai.rails.standin.Transport;

/// A Stripe account: charges, refunds and customer balances, with idempotency keys as Stripe keeps
/// them. All state is guarded by this object, and lies in the journal before it shows.
public final class StripeStandIn implements Service, AutoCloseable {
  /// Journal kinds.
  public static final String REFUND = "refund";

  public static final String CANCEL = "refund_cancel";
  public static final String BALANCE = "balance_transaction";
  private static final String CHARGE = "charge";
  private static final String ANSWER = "answer";
  private static final Duration KEYS_KEPT = Duration.ofHours(24);

  private final String secretKey;
  private final InstantSource clock;
  private final Journal journal;
  private final Ids ids;
  private final Faults faults = new Faults();
  private final Ledger ledger = new Ledger();
  private final Map<String, Kept> answers = new HashMap<>();
  private final LocalServer server;

  /// What a stand-in needs to start; the journal belongs to it from then on.
  public record Start(
      String secretKey,
      Transport transport,
      int port,
      Journal journal,
      InstantSource clock,
      Ids ids) {}

  /// The first answer to a key.
  private record Kept(String fingerprint, int status, JsonNode body, Instant at) {}

  private StripeStandIn(Start start) {
    secretKey = start.secretKey();
    clock = start.clock();
    journal = start.journal();
    ids = start.ids();
    journal
        .effectEntries()
        .forEach(entry -> apply(entry.path("kind").asText(), entry.path("facts")));
    server = LocalServer.start(start.transport(), start.port(), this, journal, faults);
  }

  public static StripeStandIn start(Start start) {
    return new StripeStandIn(start);
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

  /// A customer paid.
  ///
  /// @param amount in the currency's smallest unit
  public synchronized void seedCharge(
      String charge, String customer, long amount, String currency) {
    if (ledger.charge(charge).isEmpty()) {
      commit(
          CHARGE,
          Objects.charge(charge, customer, amount, currency, clock.instant().getEpochSecond()));
    }
  }

  /// Every refund of a charge that was made, cancelled or not.
  public synchronized List<ObjectNode> refunds(String charge) {
    return ledger.refundsOf(charge);
  }

  /// Every movement of a customer's balance.
  public synchronized List<ObjectNode> balance(String customer) {
    return ledger.balanceOf(customer);
  }

  @Override
  public synchronized Response answer(Request request) {
    if (!request.bearer().equals(Optional.of(secretKey))) {
      return StripeError.of(401, "invalid_request_error", "", "Invalid API Key provided");
    }
    try {
      return switch (request.method()) {
        case "GET" -> Response.json(200, read(request));
        case "POST" -> write(request);
        default -> throw new StripeError(404, "invalid_request_error", "", "no such method");
      };
    } catch (StripeError e) {
      return e.response();
    }
  }

  @Override
  public Response refuse(Fault.Refusal refusal) {
    return switch (refusal) {
      case Fault.RateLimited limited ->
          StripeError.of(429, "invalid_request_error", "rate_limit", "Too many requests")
              .with("Retry-After", Long.toString(limited.retryAfter().toSeconds()));
      case Fault.QuotaExhausted _, Fault.Overloaded _ ->
          StripeError.of(503, "api_error", "", "Service unavailable");
      case Fault.ServerError _ -> StripeError.of(500, "api_error", "", "An unknown error occurred");
    };
  }

  @Override
  public void close() {
    server.close();
    journal.close();
  }

  private JsonNode read(Request request) {
    List<String> path = List.of(request.path().substring(1).split("/", -1));
    Map<String, String> query = request.query();
    if (path.size() == 3 && path.get(1).equals("charges")) {
      return ledger.charge(path.get(2)).orElseThrow(() -> StripeError.missing(path.get(2)));
    }
    if (path.size() == 3 && path.get(1).equals("refunds")) {
      return ledger.refund(path.get(2)).orElseThrow(() -> StripeError.missing(path.get(2)));
    }
    if (path.size() == 2 && path.get(1).equals("refunds")) {
      return Objects.list(
          "/v1/refunds", ledger.refundsOf(query.getOrDefault(CHARGE, "")), limit(query));
    }
    if (path.size() == 4 && path.get(3).equals("balance_transactions")) {
      return Objects.list(request.path(), ledger.balanceOf(path.get(2)), limit(query));
    }
    throw StripeError.unrecognized(request);
  }

  private static int limit(Map<String, String> query) {
    int limit = Integer.parseInt(query.getOrDefault("limit", "10"));
    if (limit < 1 || limit > 100) {
      throw StripeError.invalid("limit", "must be between 1 and 100");
    }
    return limit;
  }

  /// The first answer to a key is the answer to all requests with it; a request that differs is
  /// refused.
  private Response write(Request request) {
    Parameters parameters = Parameters.of(request);
    String key = request.header("idempotency-key").orElse("");
    if (key.length() > 255) {
      throw StripeError.invalid("Idempotency-Key", "longer than 255 characters");
    }
    String fingerprint = request.path() + "?" + parameters.fingerprint();
    Kept kept = answers.get(key);
    if (!key.isEmpty() && kept != null && clock.instant().isBefore(kept.at().plus(KEYS_KEPT))) {
      if (!kept.fingerprint().equals(fingerprint)) {
        throw new StripeError(
            400,
            "idempotency_error",
            "",
            "Keys for idempotent requests can only be used with the same parameters");
      }
      return Response.json(kept.status(), kept.body()).with("Idempotent-Replayed", "true");
    }
    ObjectNode body = perform(request, parameters, key);
    if (!key.isEmpty()) {
      commit(
          ANSWER,
          Json.object()
              .put("key", key)
              .put("fingerprint", fingerprint)
              .put("status", 200)
              .put("at", clock.instant().toString())
              .set("body", body));
    }
    return Response.json(200, body);
  }

  private ObjectNode perform(Request request, Parameters parameters, String key) {
    List<String> path = List.of(request.path().substring(1).split("/", -1));
    long now = clock.instant().getEpochSecond();
    if (path.equals(List.of("v1", "refunds"))) {
      parameters.allow("charge", "amount", "reason", "metadata");
      ObjectNode charge =
          ledger
              .charge(parameters.required(CHARGE))
              .orElseThrow(() -> StripeError.missing(parameters.required(CHARGE)));
      ObjectNode refund = Objects.refund("re_" + ids.alphanumeric(24), charge, parameters, now);
      commit(REFUND, refund.deepCopy().put("idempotency_key", key));
      return refund;
    }
    if (path.size() == 4 && path.get(1).equals("refunds") && path.get(3).equals("cancel")) {
      parameters.allow();
      ObjectNode refund =
          ledger.refund(path.get(2)).orElseThrow(() -> StripeError.missing(path.get(2)));
      if (!refund.path("status").asText().equals("requires_action")) {
        throw StripeError.invalid("refund", "cannot be canceled in its state");
      }
      commit(CANCEL, Json.object().put("id", path.get(2)).put("idempotency_key", key));
      return ledger.refund(path.get(2)).orElseThrow();
    }
    if (path.size() == 4 && path.get(3).equals("balance_transactions")) {
      parameters.allow("amount", "currency", "description", "metadata");
      ObjectNode entry =
          Objects.balance("cbtxn_" + ids.alphanumeric(24), path.get(2), parameters, now);
      commit(BALANCE, entry.deepCopy().put("idempotency_key", key));
      return entry;
    }
    throw StripeError.unrecognized(request);
  }

  private void commit(String kind, ObjectNode facts) {
    journal.effect(kind, facts);
    apply(kind, facts);
  }

  private void apply(String kind, JsonNode facts) {
    if (kind.equals(ANSWER)) {
      answers.put(
          facts.path("key").asText(),
          new Kept(
              facts.path("fingerprint").asText(),
              facts.path("status").asInt(),
              facts.path("body"),
              Instant.parse(facts.path("at").asText())));
    } else {
      ledger.apply(kind, facts);
    }
  }
}
