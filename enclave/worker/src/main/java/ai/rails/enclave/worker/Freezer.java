package ai.rails.enclave.worker;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.domain.run.CallId;
import ai.rails.domain.workflow.Step;
import ai.rails.domain.workflow.Value;
import ai.rails.domain.workflow.Workflow.ConnectorPin;
import ai.rails.enclave.content.ContentJson;
import ai.rails.enclave.content.ContentRefused;
import ai.rails.enclave.content.ContentRefused.Code;
import ai.rails.enclave.content.Disclosure;
import ai.rails.enclave.content.FrozenCall;
import ai.rails.enclave.content.FrozenCall.Target;
import ai.rails.enclave.worker.CallPort.Terms;
import ai.rails.platform.workflow.WorkerExpressions;
import ai.rails.schema.worker.WorkerProtocol.Call;
import ai.rails.schema.worker.WorkerProtocol.Claimed;
import ai.rails.schema.worker.WorkerProtocol.Frozen;
import ai.rails.schema.worker.WorkerProtocol.Instance;

/// Freezes a call, or takes back the one that was frozen before. A step asks no model and builds no
/// parameter twice: what was approved or intended is what is sent.
final class Freezer {
  private static final int ONLY_ACTION = 0;

  private final WorkerExpressions expressions;
  private final CallPort calls;
  private final RandomGenerator random;

  /// @param random secure; makes the salts
  Freezer(WorkerExpressions expressions, CallPort calls, RandomGenerator random) {
    this.expressions = expressions;
    this.calls = calls;
    this.random = random;
  }

  /// @param step the step that the call belongs to, which for a gate is the step it guards
  /// @throws ContentRefused if a parameter can not be built, or the frozen call is another one
  /// @throws CallRefused if the connector's manifest does not allow the call
  PreparedCall prepare(Work work, String step, Step.Call call, Supplier<JsonNode> scope) {
    ConnectorPin pin = pin(work, call.connector());
    Instance instance = work.instance(call.connector());
    Target target =
        new Target(
            pin.connector(), call.action(), pin.digest(), instance.instance(), instance.host());
    Optional<Frozen> before = work.claimed().frozen();
    if (before.isPresent()) {
      FrozenCall frozen = thaw(work, step, target, before.get());
      Call body = body(frozen, terms(pin, instance, frozen), instance, step, before.get());
      return new PreparedCall(frozen, pin, instance, body, List.of());
    }
    FrozenCall frozen = FrozenCall.freeze(target, parameters(call, scope.get()), random);
    Frozen named = named(work.claimed(), step, frozen);
    Call body = body(frozen, terms(pin, instance, frozen), instance, step, named);
    return new PreparedCall(
        frozen, pin, instance, body, List.of(work.content().seal(named.ref(), frozen.bytes())));
  }

  private JsonNode parameters(Step.Call call, JsonNode scope) {
    ObjectNode parameters = ContentJson.MAPPER.createObjectNode();
    for (Map.Entry<String, Value> parameter : call.parameters().entrySet()) {
      parameters.set(parameter.getKey(), expressions.value(parameter.getValue(), scope));
    }
    return parameters;
  }

  private Terms terms(ConnectorPin pin, Instance instance, FrozenCall frozen) {
    return calls.terms(pin, instance, frozen.target().action(), frozen.params());
  }

  private static Frozen named(Claimed claimed, String step, FrozenCall frozen) {
    String callId =
        CallId.of(claimed.tenant(), claimed.run(), step, ONLY_ACTION, claimed.attemptGroup());
    String ref = "%s/call/%d".formatted(step, claimed.attemptGroup());
    return new Frozen(callId, frozen.digest(), ref, false, 0, Optional.empty());
  }

  private static FrozenCall thaw(Work work, String step, Target target, Frozen before) {
    if (!before.ref().startsWith(step + "/call/") || !isUuid(before.callId())) {
      throw new ContentRefused(
          Code.FROZEN_CALL_DIFFERS,
          "the claim of step %s names a frozen call of another step".formatted(step));
    }
    FrozenCall frozen =
        FrozenCall.thaw(
            work.content().open(before.ref(), Scopes.ciphertext(work.claimed(), before.ref())),
            before.callDigest());
    if (!frozen.target().equals(target)) {
      throw new ContentRefused(
          Code.FROZEN_CALL_DIFFERS,
          "the call of step %s was frozen for %s, the workflow and its instance now say %s"
              .formatted(step, frozen.target(), target));
    }
    return frozen;
  }

  private static Call body(
      FrozenCall frozen, Terms terms, Instance instance, String step, Frozen named) {
    Target target = frozen.target();
    return new Call(
        named.callId(),
        step,
        ONLY_ACTION,
        target.tool(),
        target.action(),
        target.connectorDigest(),
        target.instance(),
        target.host(),
        instance.port(),
        frozen.digest(),
        terms.idempotencyClass().name(),
        Disclosure.ofParameters(terms.disclosed(), frozen.params()),
        terms.requests(),
        terms.estimate(),
        terms.tokens(),
        named.ref());
  }

  private static ConnectorPin pin(Work work, String alias) {
    return Optional.ofNullable(work.artifact().workflow().connectors().get(alias))
        .orElseThrow(() -> new StepRefused("CONNECTOR_UNKNOWN", "no connector is called " + alias));
  }

  private static boolean isUuid(String text) {
    try {
      return UUID.fromString(text).toString().equals(text);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
