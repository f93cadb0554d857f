package ai.rails.enclave.gateway;

import java.util.Optional;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.connector.Action.ModelRules;
import ai.rails.connector.ModelCost;
import ai.rails.connector.PriceTable;
import ai.rails.connector.Template;
import ai.rails.domain.budget.Money;
import ai.rails.domain.run.Usage;
import ai.rails.schema.worker.WorkerProtocol.Cost;
import ai.rails.schema.worker.WorkerProtocol.ModelUse;

/// Says what a model call used and cost.
final class ModelMeter {
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.:@/|+=-]{0,63}");

  private final PriceTable prices;
  private final Planned call;
  private final ModelRules rules;

  ModelMeter(PriceTable prices, Planned call, ModelRules rules) {
    this.prices = prices;
    this.call = call;
    this.rules = rules;
  }

  /// What an answer says; empty if it does not say.
  Optional<ModelUse> used(JsonNode body) {
    try {
      Usage usage = ModelCost.usage(rules, body);
      return Optional.of(
          use(answered(body), usage, prices.cost(rules.provider(), pinned(), usage)));
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /// What is charged when nobody knows what was used: the worst case, so that no cap is passed
  /// unnoticed.
  ModelUse unknown() {
    return use(
        "",
        Usage.NONE,
        ModelCost.worstCase(prices, call.connector(), call.action(), call.params()));
  }

  /// Two answers of one call.
  static ModelUse sum(ModelUse first, ModelUse second) {
    return new ModelUse(
        first.provider(),
        first.model(),
        second.responseModel(),
        first.inputTokens() + second.inputTokens(),
        first.cachedInputTokens() + second.cachedInputTokens(),
        first.cacheWriteTokens() + second.cacheWriteTokens(),
        first.outputTokens() + second.outputTokens(),
        first.reasoningTokens() + second.reasoningTokens(),
        new Cost(
            first.cost().currency(),
            first.cost().nanos() + second.cost().nanos(),
            first.cost().priceTable()));
  }

  /// Whether the pinned model answered.
  boolean isPinned(JsonNode body) {
    return ModelCost.isModel(pinned(), answered(body));
  }

  private String answered(JsonNode body) {
    String model = Template.at(body, rules.responseModel()).asText();
    return ID.matcher(model).matches() ? model : "";
  }

  private String pinned() {
    return ModelCost.model(call.params());
  }

  private ModelUse use(String responseModel, Usage usage, Money cost) {
    return new ModelUse(
        rules.provider(),
        pinned(),
        responseModel,
        usage.inputTokens(),
        usage.cachedInputTokens(),
        usage.cacheWriteTokens(),
        usage.outputTokens(),
        usage.reasoningTokens(),
        new Cost(cost.currency(), cost.nanos(), prices.version()));
  }
}
