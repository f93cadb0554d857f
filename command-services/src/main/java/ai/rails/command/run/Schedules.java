package ai.rails.command.run;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.command.CommandBus;
import ai.rails.command.Entity;
import ai.rails.domain.Actor;
import ai.rails.domain.Refused;
import ai.rails.domain.run.DueRun;
import ai.rails.domain.run.Run;
import ai.rails.domain.run.RunCommand;
import ai.rails.domain.run.RunCommand.StartRun;
import ai.rails.domain.run.RunEvent;
import ai.rails.domain.workflow.Artifacts;
import ai.rails.domain.workflow.Workflow;
import ai.rails.domain.workflow.Workflow.Trigger;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Errand;
import ai.rails.platform.postgres.Sql;

/// Starts the runs of schedules that are due. Any number of processes may do this at once.
///
/// A row is claimed for a while, and moved on to its next instant in the transaction that starts
/// the run: a process that dies in between leaves it to be claimed again, and of two that start the
/// same instant one finds the row moved. Instants that passed while nobody looked start one run
/// together, not one each. One thread looks.
public final class Schedules implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Schedules.class);
  private static final Actor CLOCK = new Actor(Actor.Kind.TIMER, "schedule");
  private static final long EVERY_MILLIS = 500;

  private static final String CLAIM =
      """
      UPDATE schedule SET claimed_until = clock_timestamp() + interval '10 seconds'
       WHERE (tenant, workspace, workflow, environment, trigger_id) IN (
         SELECT tenant, workspace, workflow, environment, trigger_id FROM schedule
          WHERE due_at <= clock_timestamp()
            AND (claimed_until IS NULL OR claimed_until <= clock_timestamp())
          ORDER BY due_at LIMIT 16 FOR UPDATE SKIP LOCKED)
      RETURNING tenant, workspace, workflow, environment, trigger_id, digest, due_at
      """;
  private static final String MOVE =
      """
      UPDATE schedule SET due_at = ?, claimed_until = NULL
       WHERE tenant = ? AND workspace = ? AND workflow = ? AND environment = ? AND trigger_id = ?
         AND due_at = ? AND digest = ?
      """;
  private static final String END =
      """
      DELETE FROM schedule
       WHERE tenant = ? AND workspace = ? AND workflow = ? AND environment = ? AND trigger_id = ?
         AND due_at = ? AND digest = ?
      """;

  private final Database database;
  private final CommandBus bus;
  private final Entity<RunCommand, Run, RunEvent> runs;
  private final Artifacts artifacts;
  private final InstantSource clock;
  private final Supplier<UUID> ids;
  private final ScheduledExecutorService looking =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofVirtual().name("schedules-", 0).factory());

  /// @param clock tells which instants have passed
  /// @param ids gives UUIDs of version 7
  public Schedules(
      Database database,
      CommandBus bus,
      Entity<RunCommand, Run, RunEvent> runs,
      Artifacts artifacts,
      InstantSource clock,
      Supplier<UUID> ids) {
    this.database = database;
    this.bus = bus;
    this.runs = runs;
    this.artifacts = artifacts;
    this.clock = clock;
    this.ids = ids;
  }

  /// A schedule's row as it was claimed.
  record Due(DueRun run, String digest) {
    static Due of(ResultSet row) throws SQLException {
      return new Due(
          new DueRun(
              row.getString(1),
              row.getString(2),
              row.getString(3),
              row.getString(4),
              row.getString(5),
              row.getTimestamp(7).toInstant()),
          row.getString(6));
    }
  }

  /// Looks twice a second from now on.
  public Schedules start() {
    var _ =
        looking.scheduleWithFixedDelay(
            this::lookOrLog, EVERY_MILLIS, EVERY_MILLIS, TimeUnit.MILLISECONDS);
    return this;
  }

  private void lookOrLog() {
    try {
      look();
    } catch (RuntimeException e) {
      LOG.warn("schedules wait for the database", e);
    }
  }

  /// Starts what is due now.
  private void look() {
    start(claim());
  }

  List<Due> claim() {
    return database.acrossTenants(Errand.SCHEDULES, c -> Sql.all(c, CLAIM, Due::of));
  }

  void start(List<Due> due) {
    due.forEach(this::startOrLog);
  }

  private void startOrLog(Due due) {
    DueRun run = due.run();
    try {
      start(due);
    } catch (Moved e) {
      LOG.debug("schedule moved tenant={} workflow={}", run.tenant(), run.workflow());
    } catch (Refused e) {
      LOG.atWarn()
          .addKeyValue("tenant", run.tenant())
          .addKeyValue("workflow", run.workflow())
          .addKeyValue("trigger", run.trigger())
          .addKeyValue("code", e.code())
          .log("a scheduled run was refused; it is tried again");
    } catch (RuntimeException e) {
      LOG.warn("schedule retried tenant={} workflow={}", run.tenant(), run.workflow(), e);
    }
  }

  private void start(Due due) {
    DueRun run = due.run();
    Workflow workflow = artifacts.load(run.tenant(), due.digest());
    Trigger trigger =
        workflow.triggers().stream()
            .filter(t -> t.kind() == Trigger.Kind.SCHEDULE && t.id().equals(run.trigger()))
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("no schedule " + run.trigger()));
    Instant now = clock.instant();
    Instant passed = now.isAfter(run.due()) ? now : run.due();
    Optional<Instant> next = trigger.cron().flatMap(cron -> cron.next(passed));
    RunPlace place =
        new RunPlace(
            run.tenant(),
            run.id(),
            run.workspace(),
            run.environment(),
            run.workflow(),
            due.digest());
    bus.dispatch(
        place
            .context(CLOCK, ids.get().toString(), Optional.empty())
            .with(connection -> moveOn(connection, due, next)),
        runs,
        command(due, workflow, trigger));
    LOG.atInfo()
        .addKeyValue("tenant", run.tenant())
        .addKeyValue("run", run.id())
        .addKeyValue("workflow", run.workflow())
        .log("scheduled run started");
  }

  private static StartRun command(Due due, Workflow workflow, Trigger trigger) {
    DueRun run = due.run();
    Map<String, String> inputs = new TreeMap<>();
    trigger.inputs().keySet().forEach(name -> inputs.put(name, run.due().toString()));
    return new StartRun(
        run.tenant(),
        run.id(),
        run.workflow(),
        workflow.version(),
        due.digest(),
        run.environment(),
        run.trigger(),
        run.dedupeKey(),
        CLOCK.id(),
        inputs,
        List.of(),
        Optional.empty(),
        Optional.empty(),
        Map.of());
  }

  private static void moveOn(Connection connection, Due due, Optional<Instant> next)
      throws SQLException {
    DueRun run = due.run();
    Object[] row = {
      run.tenant(),
      run.workspace(),
      run.workflow(),
      run.environment(),
      run.trigger(),
      Timestamp.from(run.due()),
      due.digest()
    };
    int rows =
        next.isPresent()
            ? Sql.execute(connection, MOVE, prepended(Timestamp.from(next.get()), row))
            : Sql.execute(connection, END, row);
    if (rows == 0) {
      throw new Moved();
    }
  }

  private static Object[] prepended(Object first, Object[] rest) {
    Object[] all = new Object[rest.length + 1];
    all[0] = first;
    System.arraycopy(rest, 0, all, 1, rest.length);
    return all;
  }

  @Override
  public void close() {
    looking.shutdown();
    try {
      boolean _ = looking.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /// Another process started it, or it was activated anew; everything is rolled back.
  private static final class Moved extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }
}
