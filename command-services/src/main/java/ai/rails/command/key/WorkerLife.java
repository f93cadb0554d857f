package ai.rails.command.key;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.command.CommandBus;
import ai.rails.command.CommandContext;
import ai.rails.domain.Actor;
import ai.rails.domain.Refused;
import ai.rails.domain.worker.Worker;
import ai.rails.domain.worker.WorkerCommand;
import ai.rails.domain.worker.WorkerCommand.ExpireKeys;
import ai.rails.domain.worker.WorkerCommand.TerminateWorker;
import ai.rails.domain.worker.WorkerEvent.WorkerRegistered;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Errand;
import ai.rails.platform.postgres.Sql;

/// What becomes of workers without their doing: keys expire, and those that are to end do.
///
/// Any number of processes may look: of two that find the same, the rows let one say it.
/// Thread-safe.
public final class WorkerLife {
  /// How long a worker that is to end may finish what it has begun.
  public static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final Logger LOG = LoggerFactory.getLogger(WorkerLife.class);
  private static final Actor CLOCK = new Actor(Actor.Kind.TIMER, "timer");
  private static final int AT_ONCE = 100;

  private final Database database;
  private final CommandBus bus;
  private final Supplier<UUID> ids;

  /// @param ids gives UUIDs of version 7
  public WorkerLife(Database database, CommandBus bus, Supplier<UUID> ids) {
    this.database = database;
    this.bus = bus;
    this.ids = ids;
  }

  /// Says what has happened since it was asked last.
  ///
  /// @return how many events that were
  public int look() {
    int said = 0;
    List<ReleaseRows.Due> expired =
        database.acrossTenants(
            Errand.WORKERS, connection -> ReleaseRows.expired(connection, AT_ONCE));
    for (ReleaseRows.Due due : expired) {
      said +=
          say(
              due,
              connection -> require(ReleaseRows.expire(connection, due), due),
              new ExpireKeys(due.tenant(), due.worker(), due.release()));
    }
    List<ReleaseRows.Due> drained =
        database.acrossTenants(
            Errand.WORKERS, connection -> ReleaseRows.drained(connection, AT_ONCE));
    for (ReleaseRows.Due due : drained) {
      said +=
          say(
              due,
              connection -> end(connection, due.tenant(), due.worker()),
              new TerminateWorker(due.tenant(), due.worker(), due.reason()));
    }
    return said;
  }

  /// Workers that have ended for ever, as `<tenant>/<worker>`.
  public Set<String> ended() {
    return database.acrossTenants(Errand.WORKERS, WorkerInstances::ended);
  }

  /// `<tenant>/<digest>/<environment>` to how many steps wait for a worker.
  public Map<String, Long> waiting() {
    return database.acrossTenants(Errand.WORKERS, WorkerInstances::waiting);
  }

  /// Lets a worker take no new step, and end when it has nothing in hand.
  ///
  /// @param reason a code
  /// @return whether it is on its way out now; one without keys is not
  public boolean retire(String tenant, String worker, String reason) {
    return database.inTenant(
        tenant, connection -> ReleaseRows.drain(connection, tenant, worker, reason, PATIENCE));
  }

  /// Takes away what a worker holds and what it has in hand.
  public static void end(Connection connection, String tenant, String worker) throws SQLException {
    ReleaseRows.end(connection, tenant, worker);
    ReleaseRows.fence(connection, tenant, worker);
  }

  /// The workspace in whose log a worker's entries lie.
  ///
  /// @throws Refused with NOT_FOUND if the tenant has no such worker
  String workspace(String tenant, String worker) {
    return database
        .inTenant(
            tenant,
            connection ->
                Sql.one(
                    connection,
                    """
                    SELECT workspace FROM event
                     WHERE tenant = ? AND stream_type = 'Worker' AND stream_id = ?
                     ORDER BY seq LIMIT 1\
                    """,
                    row -> row.getString(1),
                    tenant,
                    worker))
        .orElseThrow(
            () -> new Refused(Refused.Code.NOT_FOUND, "there is no worker %s".formatted(worker)));
  }

  /// What the worker was admitted for.
  Optional<WorkerRegistered> admission(String tenant, String worker) {
    return state(tenant, worker).registered();
  }

  Worker state(String tenant, String worker) {
    return bus.load(tenant, WorkerEntity.TYPE, worker);
  }

  private int say(
      ReleaseRows.Due due, ai.rails.command.TransactionPart part, WorkerCommand command) {
    try {
      return bus.dispatch(context(due).with(part), WorkerEntity.TYPE, command).events().size();
    } catch (Refused e) {
      LOG.atDebug().addKeyValue("worker", due.worker()).log("somebody else has said it");
      return 0;
    }
  }

  private CommandContext context(ReleaseRows.Due due) {
    Optional<WorkerRegistered> admission = admission(due.tenant(), due.worker());
    String id = ids.get().toString();
    return new CommandContext(
        due.tenant(),
        workspace(due.tenant(), due.worker()),
        admission.map(WorkerRegistered::environmentId),
        CLOCK,
        id,
        id,
        Optional.empty(),
        Optional.empty(),
        admission.map(WorkerRegistered::workflowId),
        List.of());
  }

  private static void require(boolean mine, ReleaseRows.Due due) {
    if (!mine) {
      throw new Refused(
          Refused.Code.FORBIDDEN, "worker %s holds other keys meanwhile".formatted(due.worker()));
    }
  }
}
