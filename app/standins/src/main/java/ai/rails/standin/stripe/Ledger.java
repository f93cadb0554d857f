package ai.rails.standin.stripe;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/// Charges, refunds and balances. Not thread safe: [StripeStandIn] owns it under its lock.
final class Ledger {
  private final Map<String, ObjectNode> charges = new LinkedHashMap<>();
  private final Map<String, ObjectNode> refunds = new LinkedHashMap<>();
  private final Map<String, ObjectNode> balances = new LinkedHashMap<>();

  Optional<ObjectNode> charge(String id) {
    return Optional.ofNullable(charges.get(id)).map(ObjectNode::deepCopy);
  }

  Optional<ObjectNode> refund(String id) {
    return Optional.ofNullable(refunds.get(id)).map(ObjectNode::deepCopy);
  }

  /// Newest first, as the API lists them.
  List<ObjectNode> refundsOf(String charge) {
    return refunds.values().stream()
        .filter(each -> each.path("charge").asText().equals(charge))
        .map(ObjectNode::deepCopy)
        .toList()
        .reversed();
  }

  /// Newest first.
  List<ObjectNode> balanceOf(String customer) {
    return balances.values().stream()
        .filter(each -> each.path("customer").asText().equals(customer))
        .map(ObjectNode::deepCopy)
        .toList()
        .reversed();
  }

  void apply(String kind, JsonNode facts) {
    ObjectNode object = facts.deepCopy();
    object.remove("idempotency_key");
    String id = facts.path("id").asText();
    switch (kind) {
      case "charge" -> charges.put(id, object);
      case StripeStandIn.REFUND -> {
        refunds.put(id, object);
        moved(object, object.path("amount").asLong());
      }
      case StripeStandIn.CANCEL -> {
        ObjectNode refund = refunds.get(id);
        if (refund != null) {
          refund.put("status", "canceled");
          moved(refund, -refund.path("amount").asLong());
        }
      }
      case StripeStandIn.BALANCE -> balances.put(id, object);
      default -> {}
    }
  }

  private void moved(ObjectNode refund, long amount) {
    ObjectNode charge = charges.get(refund.path("charge").asText());
    if (charge != null) {
      long refunded = charge.path("amount_refunded").asLong() + amount;
      charge.put("amount_refunded", refunded);
      charge.put("refunded", refunded == charge.path("amount").asLong());
    }
  }
}
