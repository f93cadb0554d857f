package ai.rails.connector;

import java.io.IOException;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.connector.Action.ModelRules;
import ai.rails.domain.budget.Money;
import ai.rails.domain.run.Usage;

/// Reads what a model's answer says it used, and prices it.
public final class ModelCost {
  private static final Pattern SNAPSHOT = Pattern.compile("-(\\d{4}-\\d{2}-\\d{2}|\\d{8})");

  /// A longer answer is not sent back to be repaired.
  public static final int REPAIRED_BYTES = 8 << 10;

  /// What is said of it is never longer.
  public static final int COMPLAINT_BYTES = 1 << 10;

  private static final long MAX_TOKENS = 1_000_000_000;

  private ModelCost() {}

  /// The most that a call can cost; zero for what is no model or runs in the worker.
  ///
  /// @throws PriceTable.UnknownModelException if the price table does not know the model
  public static Money worstCase(
      PriceTable prices, Connector connector, Action action, JsonNode params) {
    if (action.model().isEmpty() || connector.isLocal()) {
      return Money.zero(prices.currency());
    }
    ModelRules rules = action.model().get();
    long bytes = bytes(connector, action, params);
    return prices.worstCase(
        rules.provider(), model(params), bytes, answers(action) * maxOutput(rules, params));
  }

  private static long maxOutput(ModelRules rules, JsonNode params) {
    return params.at(rules.maxOutput()).asLong();
  }

  /// How often a model may answer.
  private static long answers(Action action) {
    return action.requests().stream().filter(RequestTemplate::effect).count();
  }

  /// The most tokens that a call can use: no token is shorter than a byte. Absent for what is no
  /// model; a model in the worker uses none that are paid for.
  public static Optional<Long> mostTokens(Connector connector, Action action, JsonNode params) {
    return action
        .model()
        .map(rules ->
            connector.isLocal()
                ? 0L
                : bytes(connector, action, params) + answers(action) * maxOutput(rules, params));
  }

  /// What is sent.
  private static long bytes(Connector connector, Action action, JsonNode params) {
    CallScope scope = new CallScope(connector, action, params, "", "", Instant.EPOCH);
    long bytes = 0;
    for (RequestTemplate request : action.requests()) {
      if (request.effect() && request.json().isPresent()) {
        bytes += body(Template.render(request.json().get(), scope.json())).length;
        bytes += request.repair() ? REPAIRED_BYTES + COMPLAINT_BYTES : 0;
      }
    }
    return bytes;
  }

  /// The pinned model of a call.
  public static String model(JsonNode params) {
    return params.path("model").asText();
  }

  /// A model answers under its own name or that of a dated snapshot.
  public static boolean isModel(String pinned, String answered) {
    return answered.equals(pinned)
        || (answered.startsWith(pinned)
            && SNAPSHOT.matcher(answered.substring(pinned.length())).matches());
  }

  /// What an answer says it used, with cached tokens beside the input.
  ///
  /// @throws IllegalArgumentException if it does not say, or says what can not be
  public static Usage usage(ModelRules rules, JsonNode body) {
    long cached = count(body, rules.cachedInput(), true);
    long input = count(body, rules.input(), false);
    if (rules.inputIncludesCached()) {
      if (cached > input) {
        throw new IllegalArgumentException("more cached tokens than input");
      }
      input -= cached;
    }
    return new Usage(
        input,
        cached,
        rules.cacheWrite().map(each -> count(body, each, true)).orElse(0L),
        count(body, rules.output(), false),
        rules.reasoning().map(each -> count(body, each, true)).orElse(0L));
  }

  static byte[] body(JsonNode json) {
    try {
      return ManifestJson.MAPPER.writeValueAsBytes(json);
    } catch (IOException e) {
      throw new IllegalStateException("a tree is always JSON", e);
    }
  }

  private static long count(JsonNode body, String pointer, boolean optional) {
    JsonNode count = Template.at(body, pointer);
    if (count.isMissingNode() && optional) {
      return 0;
    }
    if (!count.isIntegralNumber() || count.asLong() < 0 || count.asLong() > MAX_TOKENS) {
      throw new IllegalArgumentException("no usage at " + pointer);
    }
    return count.asLong();
  }
}
