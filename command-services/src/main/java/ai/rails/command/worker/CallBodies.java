package ai.rails.command.worker;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

import ai.rails.domain.Limits;
import ai.rails.domain.SealedRef;
import ai.rails.domain.budget.Money;
import ai.rails.domain.run.Reasons;
import ai.rails.domain.run.RunCommand.FrozenCall;
import ai.rails.domain.run.RunCommand.ModelUse;
import ai.rails.domain.run.RunEvent.IdempotencyClass;
import ai.rails.domain.run.Usage;
import ai.rails.schema.worker.WorkerProtocol;
import ai.rails.schema.worker.WorkerProtocol.Call;
import ai.rails.schema.worker.WorkerProtocol.Cost;
import ai.rails.schema.worker.WorkerProtocol.ReportOutcome;
import ai.rails.schema.worker.WorkerProtocol.Route;

/// Checks what workers say of calls, and puts it into the domain's words. Whatever passes is
/// metadata: ids, enums, numbers, and disclosed fields of at most 64 characters.
final class CallBodies {
  /// A code for what happened, for example `HTTP_403`.
  static final Pattern CODE = Pattern.compile("[A-Z][A-Z0-9_]{0,63}");

  /// The name of a disclosed field.
  static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}");

  /// What a gate writes beside a disclosed field.
  static final Pattern LABEL = Pattern.compile("[^\\p{Cntrl}]{1,64}");

  /// Codes that use up no attempt are the control plane's own: a worker would retry for ever.
  static final Set<String> RESERVED =
      Set.of(
          Reasons.POLICY_UNAVAILABLE,
          Reasons.THROTTLED,
          Reasons.BUDGET_EXCEEDED,
          Reasons.TOO_MANY_AT_ONCE,
          Reasons.OVER_RATE,
          Reasons.BREAKER_OPEN,
          Reasons.RUNNER_AWAY,
          Reasons.LEASE_EXPIRED,
          Reasons.STEP_TIMEOUT);

  private static final int FIELDS_MAX = 32;
  private static final int EVIDENCE_MAX = 8;
  private static final long MAX_RETRY_AFTER_MILLIS = Duration.ofDays(1).toMillis();
  private static final Pattern VENDOR_REF = Pattern.compile("[A-Za-z0-9_.:@/|+=-]{0,64}");

  private CallBodies() {}

  static FrozenCall frozenCall(Call call, SealedRef frozen) {
    return new FrozenCall(
        call.callId(),
        call.forStep(),
        call.actionIndex(),
        call.connector(),
        call.action(),
        call.connectorDigest(),
        call.instance(),
        call.host(),
        call.port(),
        call.callDigest(),
        parse(IdempotencyClass.class, "idempotencyClass", call.idempotencyClass()),
        call.requests(),
        call.parameters(),
        frozen);
  }

  private static final long TOKENS_MAX = 1_000_000_000;

  static void checkCall(Call call) {
    if (call.tokens().filter(n -> n < 0 || n > TOKENS_MAX).isPresent()) {
      throw Contents.invalid("tokens are 0 to %d".formatted(TOKENS_MAX));
    }
    Limits.requireId("callId", call.callId());
    Limits.requireId("forStep", call.forStep());
    Limits.requireId("connector", call.connector());
    Limits.requireId("action", call.action());
    Limits.requireId("connectorDigest", call.connectorDigest());
    Limits.requireId("instance", call.instance());
    Limits.requireId("host", call.host());
    Limits.requireId("callDigest", call.callDigest());
    Limits.requireId("frozenRef", call.frozenRef());
    if (call.actionIndex() != 0 || call.port() < 1 || call.port() > 65_535) {
      throw Contents.invalid("a step makes one call, with actionIndex 0, to a port");
    }
    checkNames(call.parameters(), NAME);
  }

  static void checkNames(Map<String, String> fields, Pattern form) {
    boolean fit = fields.keySet().stream().allMatch(name -> form.matcher(name).matches());
    if (fields.size() > FIELDS_MAX || !fit) {
      throw Contents.invalid(
          "at most %d fields with names of at most 64 characters are disclosed"
              .formatted(FIELDS_MAX));
    }
  }

  static void checkOutcome(ReportOutcome body) {
    boolean fits =
        CODE.matcher(body.code()).matches()
            && VENDOR_REF.matcher(body.vendorRef()).matches()
            && body.httpStatus() >= 0
            && body.httpStatus() <= 999
            && body.requests() >= 0
            && body.requests() <= Limits.REQUESTS_PER_CALL
            && body.retryAfterMillis().filter(m -> m < 0 || m > MAX_RETRY_AFTER_MILLIS).isEmpty();
    if (!fits) {
      throw Contents.invalid("code, vendorRef, httpStatus, requests or retryAfterMillis is off");
    }
    boolean kinds = body.evidence().keySet().stream().allMatch(k -> NAME.matcher(k).matches());
    if (body.evidence().size() > EVIDENCE_MAX || !kinds) {
      throw Contents.invalid(
          "an outcome carries at most %d kinds of evidence".formatted(EVIDENCE_MAX));
    }
    if (RESERVED.contains(body.code())) {
      throw Contents.invalid("code %s is the control plane's own".formatted(body.code()));
    }
  }

  static ModelUse model(WorkerProtocol.ModelUse use) {
    Limits.requireId("provider", use.provider());
    Limits.requireId("model", use.model());
    return new ModelUse(
        use.provider(),
        use.model(),
        use.responseModel().isEmpty() ? "" : Limits.requireId("responseModel", use.responseModel()),
        new Usage(
            use.inputTokens(),
            use.cachedInputTokens(),
            use.cacheWriteTokens(),
            use.outputTokens(),
            use.reasoningTokens()),
        table(use.cost()),
        money(use.cost()));
  }

  static Route route(Map<String, String> to) {
    return new Route(
        to.getOrDefault("provider", ""),
        to.getOrDefault("model", ""),
        to.getOrDefault("region", ""));
  }

  static Money money(Cost cost) {
    if (!cost.currency().matches("[A-Z]{3}") || cost.nanos() < 0) {
      throw Contents.invalid("a cost has a currency of three letters and is not negative");
    }
    return new Money(cost.currency(), cost.nanos());
  }

  static String table(Cost cost) {
    return cost.priceTable().isEmpty() ? "" : Limits.requireId("priceTable", cost.priceTable());
  }

  static <E extends Enum<E>> E parse(Class<E> type, String field, String name) {
    for (E value : type.getEnumConstants()) {
      if (value.name().equals(name)) {
        return value;
      }
    }
    throw Contents.invalid(
        "%s must be one of %s".formatted(field, List.of(type.getEnumConstants())));
  }
}
