package ai.rails.command.worker;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

import ai.rails.command.run.RunPlace;
import ai.rails.command.runner.RunnerCalls;
import ai.rails.command.worker.WorkerEndpoint.Reply;
import ai.rails.domain.Limits;
import ai.rails.domain.Refused;
import ai.rails.domain.run.RunEvent.ToolActionIntended;
import ai.rails.platform.http.RunnerIdentity;
import ai.rails.platform.http.WorkerIdentity;
import ai.rails.schema.worker.WorkerProtocol.Attempt;
import ai.rails.schema.worker.WorkerProtocol.Await;
import ai.rails.schema.worker.WorkerProtocol.HandOver;
import ai.rails.schema.worker.WorkerProtocol.HandedOver;

/// Calls that workers hand over to runners: stored as they come, for the runner that the intent
/// names, and given back answered. Thread-safe.
final class HandOvers {
  /// As long as tickets live; what takes longer would find them lapsed.
  private static final Duration LONGEST = Duration.ofSeconds(15);

  private final Desk desk;
  private final Attempts attempts;

  HandOvers(Desk desk, Attempts attempts) {
    this.desk = desk;
    this.attempts = attempts;
  }

  /// @throws Refused with CALL_NOT_INTENDED if the call is not on its way by a runner under this
  ///   very epoch
  Reply handOver(
      WorkerIdentity worker, Map<String, String> parts, HandOver body, Optional<String> trace) {
    Attempt a = body.attempt();
    RunPlace place = desk.place(worker, a.run(), "POST /v1/worker/calls/{callId}/handover");
    String callId = Limits.requireId("callId", parts.getOrDefault("callId", ""));
    byte[] sealed = Contents.decode("sealed", body.sealed());
    ToolActionIntended intended = FreshTickets.intended(desk.load(place), a, callId);
    String runner =
        intended
            .runner()
            .filter(_ -> intended.instance().equals(body.instance()))
            .orElseThrow(() ->
                new Refused(
                    Refused.Code.CALL_NOT_INTENDED,
                    "call %s is no runner's at instance %s".formatted(callId, body.instance())));
    var to = new RunnerIdentity(place.tenant(), place.workspace(), place.environment(), runner);
    desk.database()
        .inTenant(
            worker.tenant(),
            c -> {
              Attempts.Held held = attempts.require(c, worker, a, Duration.ZERO);
              if (body.notAfter() > held.now() + LONGEST.toMillis()) {
                throw Contents.invalid("a call is handed over for at most " + LONGEST);
              }
              RunnerCalls.insert(
                  c,
                  new RunnerCalls.HandedOver(
                      to,
                      callId,
                      a.epoch(),
                      place.run(),
                      body.instance(),
                      sealed,
                      Instant.ofEpochMilli(body.notAfter())));
              return callId;
            });
    return Reply.nothing();
  }

  Reply answer(
      WorkerIdentity worker, Map<String, String> parts, Await body, Optional<String> trace) {
    Attempt a = body.attempt();
    RunPlace place = desk.place(worker, a.run(), "POST /v1/worker/calls/{callId}/handover/answer");
    String callId = Limits.requireId("callId", parts.getOrDefault("callId", ""));
    RunnerCalls.Standing standing =
        desk.database()
            .inTenant(
                worker.tenant(),
                c -> {
                  Attempts.Held _ = attempts.require(c, worker, a, Duration.ZERO);
                  return RunnerCalls.standing(c, place.tenant(), callId, a.epoch());
                })
            .orElseThrow(() ->
                new Refused(
                    Refused.Code.NOT_FOUND,
                    "call %s was not handed over under epoch %d".formatted(callId, a.epoch())));
    return Reply.of(new HandedOver(standing.state(), standing.answer()));
  }
}
