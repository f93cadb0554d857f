package ai.rails.domain.run;

import java.util.Optional;

import ai.rails.domain.Limits;
import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.domain.run.Run.CallState;
import ai.rails.domain.run.RunCommand.FrozenCall;
import ai.rails.domain.run.RunEvent.IdempotencyClass;
import ai.rails.domain.run.RunEvent.Outcome;

/// Whether a call is the one that it says it is, and one that may still be made.
final class CallChecks {
  private CallChecks() {}

  static void checkNames(String tenant, Unfolding run, FrozenCall call, int group) {
    String expected = CallId.of(tenant, run.id(), call.step(), call.actionIndex(), group);
    if (!expected.equals(call.callId())) {
      throw new Refused(
          Code.INVALID,
          "call %s is not the call of step %s, action %d, group %d"
              .formatted(call.callId(), call.step(), call.actionIndex(), group));
    }
    if (call.requests() < 0 || call.requests() > Limits.REQUESTS_PER_CALL) {
      throw new Refused(
          Code.INVALID,
          "call %s declares %d requests; at most %d are allowed"
              .formatted(call.callId(), call.requests(), Limits.REQUESTS_PER_CALL));
    }
    call.parameters().forEach(CallChecks::checkDisclosed);
  }

  static void checkDisclosed(String name, String value) {
    if (value.length() > Limits.DISCLOSED_CHARACTERS) {
      throw new Refused(
          Code.INVALID,
          "disclosed field %s has %d characters; at most %d are allowed"
              .formatted(name, value.length(), Limits.DISCLOSED_CHARACTERS));
    }
  }

  /// A call is frozen once.
  static void checkFrozen(Unfolding run, FrozenCall call) {
    Optional<CallState> before = run.run().call(call.callId());
    if (before.isEmpty()) {
      return;
    }
    if (!before.get().callDigest().equals(call.callDigest())) {
      throw new Refused(
          Code.CALL_ALREADY_FROZEN,
          "call %s was frozen with digest %s; another digest needs a new attempt group"
              .formatted(call.callId(), before.get().callDigest()));
    }
    if (before.get().outcome().filter(o -> o == Outcome.SUCCESS).isPresent()) {
      throw new Refused(
          Code.CALL_ALREADY_EXECUTED,
          "call %s has had its effect; complete the step".formatted(call.callId()));
    }
    boolean lost = before.get().inFlight() || before.get().ambiguities() > 0;
    if (lost && call.idempotencyClass() == IdempotencyClass.N) {
      throw new Refused(
          Code.NEEDS_RUN_AGAIN,
          "call %s may have had its effect; only an explicit run-again repeats it"
              .formatted(call.callId()));
    }
  }
}
