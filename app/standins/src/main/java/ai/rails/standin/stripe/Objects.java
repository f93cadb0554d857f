package ai.rails.standin.stripe;

import java.util.List;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.standin.Json;

/// The account's objects, with the members that Stripe's own fixtures have.
final class Objects {
  private Objects() {}

  static ObjectNode charge(String id, String customer, long amount, String currency, long created) {
    ObjectNode charge =
        Json.object()
            .put("id", id)
            .put("object", "charge")
            .put("amount", amount)
            .put("amount_captured", amount)
            .put("amount_refunded", 0)
            .put("captured", true)
            .put("created", created)
            .put("currency", currency)
            .put("customer", customer)
            .put("disputed", false)
            .put("livemode", false)
            .put("paid", true)
            .put("refunded", false)
            .put("status", "succeeded");
    charge.putObject("metadata");
    charge.putObject("billing_details").put("email", "customer@example.org");
    return charge;
  }

  static ObjectNode refund(String id, ObjectNode charge, Parameters parameters, long created) {
    long left = charge.path("amount").asLong() - charge.path("amount_refunded").asLong();
    long amount = parameters.whole("amount").orElse(left);
    if (left == 0) {
      throw new StripeError(
          400,
          "invalid_request_error",
          "charge_already_refunded",
          "Charge %s has already been refunded.".formatted(charge.path("id").asText()));
    }
    if (amount < 1 || amount > left) {
      throw StripeError.invalid("amount", "is not between 1 and the unrefunded amount");
    }
    parameters.oneOf("reason", "duplicate", "fraudulent", "requested_by_customer");
    ObjectNode refund =
        Json.object()
            .put("id", id)
            .put("object", "refund")
            .put("amount", amount)
            .putNull("balance_transaction")
            .put("charge", charge.path("id").asText())
            .put("created", created)
            .put("currency", charge.path("currency").asText())
            .putNull("payment_intent")
            .put("reason", parameters.text("reason").orElse(null))
            .putNull("receipt_number")
            .put("status", "succeeded");
    refund.set("metadata", parameters.metadata());
    return refund;
  }

  static ObjectNode balance(String id, String customer, Parameters parameters, long created) {
    ObjectNode entry =
        Json.object()
            .put("id", id)
            .put("object", "customer_balance_transaction")
            .put("amount", parameters.whole("amount").orElseThrow(() -> amountMissing()))
            .put("created", created)
            .put("currency", parameters.required("currency"))
            .put("customer", customer)
            .put("livemode", false)
            .put("type", "adjustment");
    entry.set("metadata", parameters.metadata());
    return entry;
  }

  static ObjectNode list(String url, List<ObjectNode> all, int limit) {
    ObjectNode list =
        Json.object().put("object", "list").put("url", url).put("has_more", all.size() > limit);
    ArrayNode data = list.putArray("data");
    all.stream().limit(limit).forEach(data::add);
    return list;
  }

  private static StripeError amountMissing() {
    return StripeError.invalid("amount", "is required");
  }
}
