package ai.rails.command.worker;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

import ai.rails.command.CommandBus;
import ai.rails.command.CommandContext;
import ai.rails.command.Entity;
import ai.rails.command.Receipt;
import ai.rails.command.TransactionPart;
import ai.rails.command.run.RunPlace;
import ai.rails.command.worker.KeyHolders.Work;
import ai.rails.domain.Actor;
import ai.rails.domain.Event;
import ai.rails.domain.Limits;
import ai.rails.domain.Refused;
import ai.rails.domain.run.Run;
import ai.rails.domain.run.RunCommand;
import ai.rails.domain.run.RunEvent;
import ai.rails.platform.http.WorkerIdentity;
import ai.rails.platform.postgres.Database;
import ai.rails.schema.Recorded;

/// Where workers' requests meet runs: who may ask about which run, and commands in a worker's name.
/// Thread-safe.
final class Desk {
  private final Database database;
  private final CommandBus bus;
  private final Entity<RunCommand, Run, RunEvent> runs;
  private final AccessLog access;
  private final KeyHolders holders;
  private final Supplier<UUID> ids;

  Desk(
      Database database,
      CommandBus bus,
      Entity<RunCommand, Run, RunEvent> runs,
      AccessLog access,
      KeyHolders holders,
      Supplier<UUID> ids) {
    this.database = database;
    this.bus = bus;
    this.runs = runs;
    this.access = access;
    this.holders = holders;
    this.ids = ids;
  }

  Database database() {
    return database;
  }

  CommandBus bus() {
    return bus;
  }

  /// The run's state as it is committed now.
  Run load(RunPlace place) {
    return bus.load(place.tenant(), runs, place.run());
  }

  /// The state that these events make.
  Run fold(List<Recorded> history) {
    Run run = runs.decider().initial();
    for (Recorded recorded : history) {
      run = runs.decider().evolve(run, runs.events().cast(recorded.event()));
    }
    return run;
  }

  private record Standing(boolean holdsKeys, Optional<RunPlace> place) {}

  /// Finds the worker's run.
  ///
  /// @throws Refused with NOT_FOUND if its tenant has no such run, which is noted; with
  ///   STEP_NOT_OPEN if its certificate is for another workflow version or environment; with
  ///   FORBIDDEN if it holds no keys now, which is noted too
  RunPlace place(WorkerIdentity worker, String run, String route) {
    return place(worker, run, route, Work.BEGUN);
  }

  /// @param work a worker that is to end may not begin anything
  RunPlace place(WorkerIdentity worker, String run, String route, Work work) {
    Limits.requireId("run", run);
    Standing standing =
        database.inTenant(
            worker.tenant(),
            c ->
                new Standing(
                    holders.holdsKeys(c, worker, work), RunPlace.find(c, worker.tenant(), run)));
    if (!standing.holdsKeys()) {
      access.refused(worker.tenant(), worker.worker(), route, run, Refused.Code.FORBIDDEN.name());
      throw noKeys(worker);
    }
    Optional<RunPlace> found = standing.place();
    if (found.isEmpty()) {
      access.refused(worker.tenant(), worker.worker(), route, run, Refused.Code.NOT_FOUND.name());
      throw new Refused(Refused.Code.NOT_FOUND, "there is no run %s".formatted(run));
    }
    RunPlace place = found.get();
    if (!place.artifactDigest().equals(worker.artifactDigest())
        || !place.environment().equals(worker.environment())) {
      throw new Refused(
          Refused.Code.STEP_NOT_OPEN,
          "run %s is on another workflow version or environment than worker %s"
              .formatted(run, worker.worker()));
    }
    return place;
  }

  /// Lets nobody end the worker until the transaction does.
  ///
  /// @throws Refused with FORBIDDEN if somebody has, or its keys have expired
  void requireKeys(Connection connection, WorkerIdentity worker, Work work) throws SQLException {
    if (!holders.holdsKeys(connection, worker, work)) {
      throw noKeys(worker);
    }
  }

  private static Refused noKeys(WorkerIdentity worker) {
    return new Refused(
        Refused.Code.FORBIDDEN,
        "worker %s holds no keys now, or is to end: it must be attested first"
            .formatted(worker.worker()));
  }

  /// Gives a command in the worker's name, if it holds keys as that is committed.
  ///
  /// @param part joins its transaction; the fence, at least
  Receipt dispatch(
      WorkerIdentity worker,
      RunPlace place,
      Optional<String> traceparent,
      TransactionPart part,
      RunCommand command) {
    var actor = new Actor(Actor.Kind.WORKER, worker.worker());
    return bus.dispatch(
        place
            .context(actor, ids.get().toString(), traceparent)
            .with(c -> requireKeys(c, worker, Work.BEGUN))
            .with(part),
        runs,
        command);
  }

  /// Gives a command about something else than a run in the worker's name, likewise.
  <C, S, E extends Event> Receipt dispatch(
      WorkerIdentity worker,
      String workspace,
      Optional<String> traceparent,
      TransactionPart part,
      Entity<C, S, E> entity,
      C command) {
    String id = ids.get().toString();
    return bus.dispatch(
        new CommandContext(
                worker.tenant(),
                workspace,
                Optional.empty(),
                new Actor(Actor.Kind.WORKER, worker.worker()),
                id,
                id,
                traceparent,
                Optional.empty(),
                Optional.empty(),
                List.of())
            .with(c -> requireKeys(c, worker, Work.BEGUN))
            .with(part),
        entity,
        command);
  }
}
