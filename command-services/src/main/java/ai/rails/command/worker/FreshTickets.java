package ai.rails.command.worker;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import ai.rails.command.run.Actions;
import ai.rails.command.run.RunPlace;
import ai.rails.command.runner.RunnerRows;
import ai.rails.command.worker.WorkerEndpoint.Reply;
import ai.rails.domain.Limits;
import ai.rails.domain.Refused;
import ai.rails.domain.policy.Decision;
import ai.rails.domain.run.Run;
import ai.rails.domain.run.Run.CallState;
import ai.rails.domain.run.RunCommand.FrozenCall;
import ai.rails.domain.run.RunEvent.ToolActionIntended;
import ai.rails.platform.http.RunnerIdentity;
import ai.rails.platform.http.WorkerIdentity;
import ai.rails.schema.worker.WorkerProtocol.Attempt;
import ai.rails.schema.worker.WorkerProtocol.Freshen;
import ai.rails.schema.worker.WorkerProtocol.Freshened;
import ai.rails.schema.worker.WorkerProtocol.Intended;
import ai.rails.schema.worker.WorkerProtocol.Runner;
import ai.rails.schema.worker.WorkerProtocol.SignedApprovals;

/// Leave for the further requests of a call that takes longer than its first tickets live, while
/// its lease is held. No request is added to those that were declared: what was not used of the
/// first tickets has lapsed. Thread-safe.
final class FreshTickets {
  /// A call's requests take at most 8 times 300 s, and tickets live 10 s; no call needs so many.
  private static final int MOST = 240;

  /// A tunnel ends five seconds before the lease.
  private static final Duration MARGIN = Duration.ofSeconds(10);

  private final Desk desk;
  private final Attempts attempts;
  private final Tickets tickets;
  private final Actions actions;

  FreshTickets(Desk desk, Attempts attempts, Tickets tickets, Actions actions) {
    this.desk = desk;
    this.attempts = attempts;
    this.tickets = tickets;
    this.actions = actions;
  }

  /// Makes the lease long enough for the slowest request of a call, where it is not.
  ///
  /// @return its end, Unix milliseconds; empty if nothing was changed
  Optional<Long> lengthen(Connection c, WorkerIdentity worker, Attempt a, FrozenCall call)
      throws SQLException {
    Duration needed = longest(call.connectorDigest(), call.action());
    return attempts.lasts(needed)
        ? Optional.empty()
        : Optional.of(attempts.renew(c, worker, a, needed));
  }

  /// How long the slowest request of an action may take, and a little more.
  Duration longest(String connectorDigest, String action) {
    return actions
        .find(connectorDigest, action)
        .map(Actions.Facts::longest)
        .orElse(Duration.ZERO)
        .plus(MARGIN);
  }

  /// The answer to an intent under which a call may leave: its tickets, and the card of the runner
  /// that makes it. One that was revoked meanwhile gets none.
  ///
  /// @param leaseUntil end of the lease, Unix milliseconds
  Intended leave(
      WorkerIdentity worker,
      RunPlace place,
      ToolActionIntended call,
      Decision decision,
      Optional<SignedApprovals> approved,
      long leaseUntil) {
    Optional<Runner> runner = call.runner().flatMap(name -> runner(place, name));
    List<String> signed =
        runner.isPresent() == call.runner().isPresent()
            ? issue(worker, place, call, call.epoch(), call.requests(), leaseUntil)
            : List.of();
    return new Intended(
        decision.effect().name(),
        decision.reasons(),
        decision.decisionId(),
        call.idempotencyKey(),
        signed,
        Optional.empty(),
        Optional.empty(),
        approved,
        runner);
  }

  private Optional<Runner> runner(RunPlace place, String name) {
    return desk.database()
        .inTenant(
            place.tenant(),
            c -> RunnerRows.card(c, place.tenant(), name, place.workspace(), place.environment()))
        .map(card -> new Runner(name, card.certificate(), card.hpkePublicKey(), card.signature()));
  }

  /// Tickets for so many of a call's requests, for the proxy beside whoever makes it.
  ///
  /// @param leaseUntil end of the lease, Unix milliseconds
  private List<String> issue(
      WorkerIdentity worker,
      RunPlace place,
      ToolActionIntended call,
      long epoch,
      int requests,
      long leaseUntil) {
    Tickets signer =
        call.runner()
            .map(name ->
                new RunnerIdentity(place.tenant(), place.workspace(), place.environment(), name))
            .map(identity -> tickets.via(identity.proxyId()))
            .orElse(tickets);
    List<Actions.Elsewhere> elsewhere =
        actions
            .find(call.connectorDigest(), call.action())
            .map(Actions.Facts::elsewhere)
            .orElseGet(List::of);
    return signer.issue(worker.tenant(), call, epoch, elsewhere, requests, leaseUntil);
  }

  Reply freshen(
      WorkerIdentity worker, Map<String, String> parts, Freshen body, Optional<String> trace) {
    Attempt a = body.attempt();
    RunPlace place = desk.place(worker, a.run(), "POST /v1/worker/calls/{callId}/tickets");
    String callId = Limits.requireId("callId", parts.getOrDefault("callId", ""));
    ToolActionIntended intended = intended(desk.load(place), a, callId);
    if (body.requests() < 1 || body.requests() > intended.requests()) {
      throw Contents.invalid("a call has at most its %d requests".formatted(intended.requests()));
    }
    long until =
        desk.database()
            .inTenant(
                worker.tenant(),
                c -> {
                  Attempts.Held _ = attempts.require(c, worker, a, Duration.ZERO);
                  Attempts.freshen(c, worker, a, MOST);
                  Duration needed = longest(intended.connectorDigest(), intended.action());
                  return attempts.renew(c, worker, a, needed);
                });
    List<String> signed = issue(worker, place, intended, a.epoch(), body.requests(), until);
    return Reply.of(new Freshened(signed));
  }

  /// The call must be on its way under this very epoch.
  static ToolActionIntended intended(Run run, Attempt a, String callId) {
    return run.call(callId)
        .filter(call -> !run.status().ended() && call.step().equals(a.step()))
        .filter(CallState::inFlight)
        .flatMap(CallState::intended)
        .filter(intended -> intended.epoch() == a.epoch() && intended.attempt() == a.attempt())
        .orElseThrow(() ->
            new Refused(
                Refused.Code.CALL_NOT_INTENDED,
                "call %s is not on its way under epoch %d".formatted(callId, a.epoch())));
  }
}
