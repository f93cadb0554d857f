package ai.rails.command.worker;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

import ai.rails.command.CommandBus;
import ai.rails.command.Entity;
import ai.rails.command.reveal.Reveals;
import ai.rails.command.run.Actions;
import ai.rails.command.run.TimerRows;
import ai.rails.domain.run.Run;
import ai.rails.domain.run.RunCommand;
import ai.rails.domain.run.RunEvent;
import ai.rails.domain.workflow.Artifacts;
import ai.rails.platform.postgres.Database;
import ai.rails.schema.worker.RefreshProtocol.AskRefresh;
import ai.rails.schema.worker.RefreshProtocol.Refreshed;
import ai.rails.schema.worker.WorkerProtocol.Await;
import ai.rails.schema.worker.WorkerProtocol.Claim;
import ai.rails.schema.worker.WorkerProtocol.Complete;
import ai.rails.schema.worker.WorkerProtocol.Fail;
import ai.rails.schema.worker.WorkerProtocol.Freshen;
import ai.rails.schema.worker.WorkerProtocol.HandOver;
import ai.rails.schema.worker.WorkerProtocol.Intent;
import ai.rails.schema.worker.WorkerProtocol.Propose;
import ai.rails.schema.worker.WorkerProtocol.Renew;
import ai.rails.schema.worker.WorkerProtocol.ReportOutcome;
import ai.rails.schema.worker.WorkerProtocol.RevealAnswer;
import ai.rails.schema.worker.WorkerProtocol.RevealClaim;
import ai.rails.schema.worker.WorkerProtocol.RunKey;

/// The worker protocol's requests about steps and calls. Thread-safe.
public final class WorkerApi {
  private final StepRequests steps;
  private final CallRequests calls;
  private final FreshTickets fresh;
  private final HandOvers handOvers;
  private final Refreshes refreshes;
  private final RevealRequests reveals;

  /// For connectors whose requests are all quick.
  ///
  /// @param lease how long a claimed attempt is its worker's before it must renew, at least 10 s
  /// @param access takes refused requests; at most one of a worker in ten seconds
  /// @param holders says who may ask at all
  public WorkerApi(
      Database database,
      CommandBus bus,
      Entity<RunCommand, Run, RunEvent> runs,
      Artifacts artifacts,
      Reveals reveals,
      Tickets tickets,
      AccessLog access,
      KeyHolders holders,
      Duration lease,
      Supplier<UUID> ids,
      InstantSource clock) {
    this(
        database,
        bus,
        runs,
        artifacts,
        reveals,
        (_, _) -> Optional.empty(),
        tickets,
        access,
        holders,
        lease,
        ids,
        clock);
  }

  /// @param reveals what people may see
  /// @param lease how long a claimed attempt is its worker's before it must renew, at least 10 s
  /// @param actions says how long requests may take
  /// @param access takes refused requests; at most one of a worker in ten seconds
  /// @param holders says who may ask at all
  public WorkerApi(
      Database database,
      CommandBus bus,
      Entity<RunCommand, Run, RunEvent> runs,
      Artifacts artifacts,
      Reveals reveals,
      Actions actions,
      Tickets tickets,
      AccessLog access,
      KeyHolders holders,
      Duration lease,
      Supplier<UUID> ids,
      InstantSource clock) {
    var desk = new Desk(database, bus, runs, new SparseAccessLog(access, clock), holders, ids);
    var attempts = new Attempts(new TimerRows(ids), lease);
    this.steps = new StepRequests(desk, attempts, artifacts);
    this.fresh = new FreshTickets(desk, attempts, tickets, actions);
    this.calls = new CallRequests(desk, attempts, fresh);
    this.handOvers = new HandOvers(desk, attempts);
    this.refreshes = new Refreshes(desk, attempts, fresh);
    this.reveals = new RevealRequests(desk, reveals, clock);
  }

  /// All requests, to be served over mutual TLS.
  public List<WorkerEndpoint<?>> endpoints() {
    return List.of(
        post("/v1/worker/steps/claim", Claim.class, steps::claim),
        post("/v1/worker/leases/renew", Renew.class, steps::renew),
        new WorkerEndpoint<>("PUT", "/v1/worker/run-key", RunKey.class, steps::runKey),
        post("/v1/worker/gates/propose", Propose.class, calls::propose),
        post("/v1/worker/calls/{callId}/intent", Intent.class, calls::intent),
        post("/v1/worker/calls/{callId}/tickets", Freshen.class, fresh::freshen),
        post("/v1/worker/calls/{callId}/handover", HandOver.class, handOvers::handOver),
        post("/v1/worker/calls/{callId}/handover/answer", Await.class, handOvers::answer),
        post("/v1/worker/calls/{callId}/refresh", AskRefresh.class, refreshes::ask),
        new WorkerEndpoint<>("PUT", "/v1/worker/credential", Refreshed.class, refreshes::keep),
        post("/v1/worker/calls/{callId}/outcome", ReportOutcome.class, calls::outcome),
        post("/v1/worker/steps/complete", Complete.class, steps::complete),
        post("/v1/worker/steps/fail", Fail.class, steps::fail),
        post("/v1/worker/reveals/claim", RevealClaim.class, reveals::claim),
        post("/v1/worker/reveals/answer", RevealAnswer.class, reveals::answer));
  }

  private static <B> WorkerEndpoint<B> post(
      String path, Class<B> body, WorkerEndpoint.Handler<B> handler) {
    return new WorkerEndpoint<>("POST", path, body, handler);
  }
}
