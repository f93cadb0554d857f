package ai.rails.enclave.gateway;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;

import ai.rails.connector.Action;
import ai.rails.connector.Action.Effect;
import ai.rails.connector.ModelCost;
import ai.rails.connector.RequestTemplate.Check;
import ai.rails.connector.Template;
import ai.rails.domain.run.RunEvent.IdempotencyClass;
import ai.rails.domain.run.RunEvent.Outcome;
import ai.rails.enclave.worker.CallPort.Result;
import ai.rails.schema.worker.WorkerProtocol.ModelUse;

/// Gathers what happened in a call and says how it ended. Confined to the thread that makes it.
///
/// A failure before the effect is definite. After an effect that is known to have happened, a
/// read-back that could not be made leaves the call ambiguous, so that it is looked up again; one
/// that shows something else ends it as a definite failure, because a person has to look.
final class Conclusion {
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.:@/|+=-]{0,63}");

  /// Unauthorised, forbidden, timeout, too many.
  private static final Set<Integer> BEFORE_KEYS = Set.of(401, 403, 408, 429);

  private final Action action;
  private final Schemas schemas;
  private final Evidence evidence;
  private final Optional<ModelMeter> meter;
  private int requests;
  private int status;
  private int effectStatus;
  private boolean done;
  private boolean adopted;
  private boolean verified;
  private boolean differs;
  private Optional<ModelUse> use = Optional.empty();
  private boolean pinnedAnswered = true;
  private boolean repairing;
  private boolean metered;
  private Optional<String> complaint = Optional.empty();

  Conclusion(Action action, Schemas schemas, Evidence evidence, Optional<ModelMeter> meter) {
    this.action = action;
    this.schemas = schemas;
    this.evidence = evidence;
    this.meter = meter;
  }

  Evidence evidence() {
    return evidence;
  }

  void requestMade() {
    requests++;
  }

  /// An answer came, whatever it says. What a model says it used is charged even if it failed.
  void answered(int answeredStatus, boolean byEffect, JsonNode body) {
    status = answeredStatus;
    if (byEffect) {
      effectStatus = answeredStatus;
      if (answeredStatus / 100 == 2) {
        Optional<ModelUse> more = meter.flatMap(each -> each.used(body));
        use = repairing ? repairUse(more) : more;
        metered = true;
        pinnedAnswered &= meter.map(each -> each.isPinned(body)).orElse(true);
      }
    }
  }

  /// Whether the effect's own request was refused in a way that speaks for earlier attempts too: a
  /// side that keeps keys would have repeated its first answer, and one that was asked by our
  /// marker has said that there is nothing. Who asks and how often is refused before either.
  boolean provesNoEffect() {
    return switch (action.idempotencyClass()) {
      case K, Q -> effectStatus / 100 == 4 && !BEFORE_KEYS.contains(effectStatus);
      case U, N, M -> false;
    };
  }

  /// An earlier attempt is found to have had the effect.
  void adopted() {
    adopted = true;
  }

  void effectDone() {
    done = true;
  }

  /// A declared check after the effect held.
  void checkHeld() {
    verified = (done || adopted) && !differs;
  }

  /// @return how the call ended, or empty if it goes on
  Optional<Result> checkFailed(Check check) {
    if (adopted) {
      // The effect was had; what others changed since is theirs.
      differs = true;
      return Optional.empty();
    }
    return Optional.of(definite(check.code(), check.retryable() && !done));
  }

  Result definite(String code, boolean retryable) {
    return end(Outcome.DEFINITE_FAILURE, code, retryable, Optional.empty());
  }

  /// @param retryAfterMillis how long to wait before it is looked up
  Result ambiguous(String code, boolean retryable, Optional<Long> retryAfterMillis) {
    if (use.isEmpty() && requests > 0) {
      use = meter.map(ModelMeter::unknown);
    }
    return end(Outcome.AMBIGUOUS, code, retryable, retryAfterMillis);
  }

  /// A request failed.
  Result failed(Verdict verdict) {
    if (done || adopted) {
      return action.idempotencyClass() == IdempotencyClass.N
          ? end(Outcome.SUCCESS, "UNVERIFIED", false, Optional.empty())
          : ambiguous("READ_BACK_FAILED", true, verdict.retryAfterMillis());
    }
    return verdict.definite()
        ? end(
            Outcome.DEFINITE_FAILURE,
            verdict.code(),
            verdict.retryable(),
            verdict.retryAfterMillis())
        : ambiguous(verdict.code(), verdict.retryable(), verdict.retryAfterMillis());
  }

  /// All requests were made: builds the result and checks its form.
  Result success(JsonNode scope) {
    JsonNode output =
        action
            .output()
            .map(template -> Template.render(template, scope))
            .orElseGet(JsonNodeFactory.instance::objectNode);
    Optional<Result> wrong =
        action.effect() == Effect.MODEL ? wrongAnswer(output, scope) : Optional.empty();
    if (wrong.isPresent()) {
      return wrong.get();
    }
    if (!schemas.complaints(action.result(), output).isEmpty()) {
      return action.effect() == Effect.READ
          ? definite("RESULT_INVALID", false)
          : ambiguous("RESULT_INVALID", false, Optional.empty());
    }
    return new Result(
        Outcome.SUCCESS,
        "OK",
        false,
        Optional.empty(),
        effectStatus == 0 ? status : effectStatus,
        vendorRef(scope),
        requests,
        verified,
        adopted,
        use,
        Optional.of(output),
        evidence.kinds());
  }

  private Optional<Result> wrongAnswer(JsonNode output, JsonNode scope) {
    if (use.isEmpty()) {
      use = meter.map(ModelMeter::unknown);
      return Optional.of(definite("MODEL_USAGE_MISSING", false));
    }
    if (!pinnedAnswered) {
      return Optional.of(definite("MODEL_DIFFERS", false));
    }
    if (output.isMissingNode()) {
      complaint = Optional.of("it is not JSON");
      return Optional.of(definite("MODEL_INVALID_JSON", true));
    }
    List<String> complaints =
        new ArrayList<>(schemas.complaintsOnce(scope.path("answerSchema"), output));
    complaints.addAll(schemas.complaints(action.result(), output));
    complaint =
        complaints.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", complaints));
    return complaints.isEmpty()
        ? Optional.empty()
        : Optional.of(definite("MODEL_ANSWER_INVALID", true));
  }

  /// Where the answer does not fit, if that is what is wrong with it; never the answer.
  Optional<String> complaint() {
    return complaint.map(
        each -> each.substring(0, Math.min(each.length(), ModelCost.COMPLAINT_BYTES / 4)));
  }

  /// From here on answers are those of the repair, and their use is added.
  void repairing() {
    repairing = true;
    metered = false;
  }

  /// The repair got an answer: it fits, or the call fails for good.
  Result repaired(JsonNode scope) {
    complaint = Optional.empty();
    Result second = success(scope);
    return second.outcome() == Outcome.SUCCESS ? second : notRepaired(second.code());
  }

  /// What the repair used is charged; nobody knows how much if there was no answer.
  Result notRepaired(String code) {
    if (!metered) {
      use = meter.map(ModelMeter::unknown);
    }
    return definite(code, false);
  }

  private Optional<ModelUse> repairUse(Optional<ModelUse> more) {
    return use.isPresent() && more.isPresent()
        ? Optional.of(ModelMeter.sum(use.get(), more.get()))
        : meter.map(ModelMeter::unknown);
  }

  private String vendorRef(JsonNode scope) {
    String ref = action.vendorRef().map(each -> Template.text(each, scope)).orElse("");
    return ID.matcher(ref).matches() ? ref : "";
  }

  private Result end(Outcome outcome, String code, boolean retryable, Optional<Long> retryAfter) {
    return new Result(
        outcome,
        code,
        retryable,
        retryAfter,
        done ? effectStatus : status,
        "",
        requests,
        false,
        adopted,
        use,
        Optional.empty(),
        evidence.kinds());
  }
}
