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
import ai.rails.schema.worker.WorkerProtocol.Correction;
import ai.rails.schema.worker.WorkerProtocol.Frozen;
import ai.rails.schema.worker.WorkerProtocol.Instance;
import ai.rails.schema.worker.WorkerProtocol.Route;

/// Freezes a call, or takes back the one that was frozen before. A step asks no model and builds no
/// parameter twice: what was approved or intended is what is sent.
final class Freezer {
  private static final int ONLY_ACTION = 0;

  private final WorkerExpressions expressions;
  private final CallPort calls;
  private final CorrectedCall corrections;
  private final RandomGenerator random;

  /// @param random secure; makes the salts
  Freezer(
      WorkerExpressions expressions,
      CallPort calls,
      CorrectedCall corrections,
      RandomGenerator random) {
    this.expressions = expressions;
    this.calls = calls;
    this.corrections = corrections;
    this.random = random;
  }

  /// @param step the step that the call belongs to, which for a gate is the step it guards
  /// @throws ContentRefused if a parameter can not be built, or the frozen call is another one
  /// @throws CallRefused if the connector's manifest does not allow the call
  PreparedCall prepare(Work work, String step, Step.Call call, Supplier<JsonNode> scope) {
    Optional<Frozen> before = work.claimed().frozen();
    return before.isPresent()
        ? again(work, step, call, before.get())
        : freeze(work, step, call, scope);
  }

  /// The call of the model that policy chose, by the worker's own look at what the workflow pins
  /// and where the tenant's instances are.
  ///
  /// @throws StepRefused with ROUTE_UNAVAILABLE if the step has no such model
  PreparedCall reroute(
      Work work, String step, Step.Call call, Route route, Supplier<JsonNode> scope) {
    List<Step.Call> meant =
        call.choices().stream().filter(choice -> isAt(work, choice, route)).toList();
    if (meant.size() != 1 || work.claimed().frozen().isPresent()) {
      throw new StepRefused(
          "ROUTE_UNAVAILABLE",
          "step %s has no one model %s of %s in %s to be asked instead"
              .formatted(step, route.model(), route.provider(), route.region()));
    }
    return freeze(work, step, meant.getFirst(), scope);
  }

  private static boolean isAt(Work work, Step.Call choice, Route route) {
    ConnectorPin pin = pin(work, choice.connector());
    return pin.connector().equals(route.provider())
        && pin.model().equals(Optional.of(route.model()))
        && route.region().equals(work.instance(choice.connector()).settings().get("region"));
  }

  /// What was frozen before is one of the step's choices.
  private PreparedCall again(Work work, String step, Step.Call call, Frozen before) {
    FrozenCall frozen = thaw(work, step, before);
    Step.Call choice =
        call.choices().stream()
            .filter(each -> isFor(work, each, frozen))
            .findFirst()
            .orElseThrow(() -> differs(step, frozen, target(work, call)));
    ConnectorPin pin = pin(work, choice.connector());
    Instance instance = work.instance(choice.connector());
    Call body = body(frozen, terms(pin, instance, frozen), instance, step, before);
    return new PreparedCall(frozen, pin, instance, body, List.of());
  }

  /// Two models of one instance are told apart by the model's name.
  private static boolean isFor(Work work, Step.Call choice, FrozenCall frozen) {
    Optional<String> model = pin(work, choice.connector()).model();
    JsonNode asked = frozen.params().path("model");
    return frozen.target().equals(target(work, choice))
        && (asked.isMissingNode() || model.isEmpty() || model.get().equals(asked.asText()));
  }

  private static Target target(Work work, Step.Call call) {
    ConnectorPin pin = pin(work, call.connector());
    Instance instance = work.instance(call.connector());
    return new Target(
        pin.connector(), call.action(), pin.digest(), instance.instance(), instance.host());
  }

  private PreparedCall freeze(Work work, String step, Step.Call call, Supplier<JsonNode> scope) {
    ConnectorPin pin = pin(work, call.connector());
    Instance instance = work.instance(call.connector());
    Target target = target(work, call);
    FrozenCall frozen =
        work.claimed()
            .correction()
            .map(each -> corrected(work, step, target, call, each))
            .orElseGet(() -> FrozenCall.freeze(target, parameters(call, scope.get()), random));
    Frozen named = named(work.claimed(), step, frozen);
    Call body = body(frozen, terms(pin, instance, frozen), instance, step, named);
    return new PreparedCall(
        frozen, pin, instance, body, List.of(work.content().seal(named.ref(), frozen.bytes())));
  }

  private FrozenCall corrected(
      Work work, String step, Target target, Step.Call call, Correction correction) {
    FrozenCall base = thaw(work, step, correction.frozenRef(), correction.callDigest());
    if (!base.target().equals(target)) {
      throw differs(step, base, target);
    }
    return corrections.render(work, call, base, correction);
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

  private static FrozenCall thaw(Work work, String step, Frozen before) {
    if (!isUuid(before.callId())) {
      throw anotherStep(step);
    }
    return thaw(work, step, before.ref(), before.callDigest());
  }

  private static FrozenCall thaw(Work work, String step, String ref, String callDigest) {
    if (!ref.startsWith(step + "/call/")) {
      throw anotherStep(step);
    }
    return FrozenCall.thaw(
        work.content().open(ref, Scopes.ciphertext(work.claimed(), ref)), callDigest);
  }

  private static ContentRefused differs(String step, FrozenCall frozen, Target target) {
    return new ContentRefused(
        Code.FROZEN_CALL_DIFFERS,
        "the call of step %s was frozen for %s, the workflow and its instance now say %s"
            .formatted(step, frozen.target(), target));
  }

  private static ContentRefused anotherStep(String step) {
    return new ContentRefused(
        Code.FROZEN_CALL_DIFFERS,
        "the claim of step %s names a frozen call of another step".formatted(step));
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
