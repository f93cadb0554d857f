package ai.rails.command.run;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.command.CommandBus;
import ai.rails.command.Entity;
import ai.rails.command.Receipt;
import ai.rails.command.TransactionPart;
import ai.rails.domain.Actor;
import ai.rails.domain.Refused;
import ai.rails.domain.run.Run;
import ai.rails.domain.run.RunCommand;
import ai.rails.domain.run.RunCommand.EscalateGate;
import ai.rails.domain.run.RunCommand.ExpireGate;
import ai.rails.domain.run.RunCommand.ExpireLease;
import ai.rails.domain.run.RunCommand.ExpireRun;
import ai.rails.domain.run.RunCommand.ExpireStep;
import ai.rails.domain.run.RunEvent;
import ai.rails.domain.run.RunEvent.Purpose;
import ai.rails.platform.http.Unavailable;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Errand;
import ai.rails.platform.postgres.Sql;
import ai.rails.schema.StepCommand;
import ai.rails.schema.StepCommandCodec;

/// Lets happen what is due. Any number of processes may do this at once.
///
/// A timer is claimed by moving it a little into the future, and it is deleted in the transaction
/// of its effect: a process that dies in between leaves it to be claimed again, and of two that try
/// the same, one finds it gone. One thread claims; what is due is done on threads of its own.
public final class Timers implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Timers.class);
  private static final Duration LONGEST_SLEEP = Duration.ofMillis(500);
  private static final Actor CLOCK = new Actor(Actor.Kind.TIMER, "timer");

  private static final String CLAIM =
      """
      UPDATE timer SET due_at = clock_timestamp() + interval '10 seconds'
       WHERE timer_id IN (SELECT timer_id FROM timer WHERE due_at <= clock_timestamp()
                           ORDER BY due_at LIMIT 16 FOR UPDATE SKIP LOCKED)
      RETURNING timer_id, tenant, run, kind, step, attempt, epoch, traceparent
      """;
  private static final String NEXT =
      """
      SELECT coalesce(ceil(extract(epoch FROM min(due_at) - clock_timestamp()) * 1000), 1000000)
        FROM timer
      """;
  private static final String DELETE = "DELETE FROM timer WHERE timer_id = ?";
  private static final String POSTPONE =
      """
      UPDATE timer SET due_at = clock_timestamp() + interval '1 second' WHERE timer_id = ?
      """;
  private static final String TASK =
      """
      SELECT command_id, purpose, traceparent FROM step_task
       WHERE tenant = ? AND run = ? AND step = ? AND attempt = ? AND open
      """;
  private static final String SEND =
      """
      INSERT INTO step_command (command_id, tenant, run, recorded_at, traceparent, payload)
      VALUES (?, ?, ?, date_trunc('milliseconds', clock_timestamp() AT TIME ZONE 'UTC'), ?, ?)
      """;
  private static final String TIMED_OUT =
      """
      SELECT 1 FROM step_task
       WHERE tenant = ? AND run = ? AND step = ? AND attempt = ? AND epoch = ? AND open
         AND deadline <= lease_until
      """;
  private static final String LEASE_ENDED =
      """
      SELECT 1 FROM step_task
       WHERE tenant = ? AND run = ? AND step = ? AND attempt = ? AND epoch = ? AND open
         AND lease_until <= clock_timestamp() FOR UPDATE
      """;

  private final Database database;
  private final CommandBus bus;
  private final Entity<RunCommand, Run, RunEvent> runs;
  private final StepCommandCodec codec = new StepCommandCodec();
  private final Supplier<UUID> ids;
  private final Semaphore wake;
  private final Thread loop;
  private volatile boolean stopped;

  /// @param wake released by whoever commits, so that what is due at once is not waited for
  /// @param ids gives UUIDs of version 7
  public Timers(
      Database database,
      CommandBus bus,
      Entity<RunCommand, Run, RunEvent> runs,
      Supplier<UUID> ids,
      Semaphore wake) {
    this.database = database;
    this.bus = bus;
    this.runs = runs;
    this.ids = ids;
    this.wake = wake;
    this.loop = Thread.ofVirtual().name("timers").unstarted(this::run);
  }

  /// A timer as it was claimed.
  private record Due(
      UUID id,
      String tenant,
      String run,
      TimerKind kind,
      String step,
      int attempt,
      long epoch,
      Optional<String> traceparent) {
    static Due of(ResultSet row) throws SQLException {
      return new Due(
          row.getObject(1, UUID.class),
          row.getString(2),
          row.getString(3),
          TimerKind.valueOf(row.getString(4)),
          row.getString(5),
          row.getInt(6),
          row.getLong(7),
          Optional.ofNullable(row.getString(8)));
    }
  }

  /// Starts the loop.
  public Timers start() {
    loop.start();
    return this;
  }

  /// Whether the loop runs; a process whose timers have ended is not healthy.
  public boolean alive() {
    return loop.isAlive();
  }

  /// Ends the loop; what is being done is finished first.
  @Override
  public void close() {
    stopped = true;
    wake.release();
    try {
      loop.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    while (!stopped) {
      try {
        if (!once()) {
          boolean woken = wake.tryAcquire(untilNext().toMillis(), TimeUnit.MILLISECONDS);
          if (woken) {
            wake.drainPermits();
          }
        }
      } catch (Unavailable e) {
        LOG.warn("timers wait for the database", e);
        rest();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (RuntimeException e) {
        // A row that can not be read must not keep every other run's clock from going.
        LOG.error("timers can not be claimed; they are tried again", e);
        rest();
      }
    }
  }

  /// Does what is due now.
  ///
  /// @return whether anything was
  boolean once() {
    List<Due> due = database.acrossTenants(Errand.TIMERS, c -> Sql.all(c, CLAIM, Due::of));
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      due.forEach(timer -> threads.execute(() -> fire(timer)));
    }
    return !due.isEmpty();
  }

  private Duration untilNext() {
    long millis =
        database
            .acrossTenants(Errand.TIMERS, c -> Sql.one(c, NEXT, row -> row.getLong(1)))
            .orElse(LONGEST_SLEEP.toMillis());
    return Duration.ofMillis(Math.clamp(millis, 1, LONGEST_SLEEP.toMillis()));
  }

  private void rest() {
    try {
      Thread.sleep(LONGEST_SLEEP);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      stopped = true;
    }
  }

  private void fire(Due due) {
    try {
      if (due.kind() == TimerKind.STEP_DUE) {
        database.inTenant(due.tenant(), c -> send(c, due));
      } else {
        dispatch(due);
      }
    } catch (Gone e) {
      LOG.debug("timer gone timer={} kind={}", due.id(), due.kind());
    } catch (Refused e) {
      LOG.warn("timer refused tenant={} run={} kind={}", due.tenant(), due.run(), due.kind(), e);
      if (e.code() == Refused.Code.NOT_FOUND || e.code() == Refused.Code.RUN_ENDED) {
        drop(due);
      }
    } catch (RuntimeException e) {
      LOG.warn("timer retried tenant={} run={} kind={}", due.tenant(), due.run(), due.kind(), e);
    }
  }

  /// Sends the step command that a back-off held back.
  private boolean send(Connection c, Due due) throws SQLException {
    change(c, DELETE, due);
    Optional<RunPlace> place = RunPlace.find(c, due.tenant(), due.run());
    return place.isPresent()
        && Sql.one(
                c,
                TASK,
                task -> {
                  UUID commandId = task.getObject(1, UUID.class);
                  Purpose purpose = Purpose.valueOf(task.getString(2));
                  byte[] payload = codec.encode(command(commandId, place.get(), due, purpose));
                  Optional<String> trace = Optional.ofNullable(task.getString(3));
                  return Sql.execute(c, SEND, commandId, due.tenant(), due.run(), trace, payload);
                },
                due.tenant(),
                due.run(),
                due.step(),
                due.attempt())
            .isPresent();
  }

  private static StepCommand command(UUID commandId, RunPlace run, Due due, Purpose purpose) {
    return new StepCommand(
        commandId.toString(),
        run.tenant(),
        run.workspace(),
        run.environment(),
        run.run(),
        due.step(),
        due.attempt(),
        purpose,
        run.artifactDigest());
  }

  private void dispatch(Due due) {
    Optional<RunPlace> place =
        database.inTenant(due.tenant(), c -> RunPlace.find(c, due.tenant(), due.run()));
    if (place.isEmpty()) {
      drop(due);
      return;
    }
    TransactionPart effect =
        switch (due.kind()) {
          case STEP_DUE -> throw new IllegalStateException("a step command is sent");
          case LEASE -> c -> endLease(c, due);
          // Decided by the run's own clock or later: the run's rows delete it when it happens.
          case GATE_EXPIRY, GATE_ESCALATION, RUN_DEADLINE -> c -> change(c, POSTPONE, due);
        };
    Receipt receipt =
        bus.dispatch(
            place.get().context(CLOCK, ids.get().toString(), due.traceparent()).with(effect),
            runs,
            command(due));
    if (receipt.events().isEmpty() && over(due)) {
      drop(due);
    }
  }

  private RunCommand command(Due due) {
    return switch (due.kind()) {
      case STEP_DUE -> throw new IllegalStateException("a step command is sent");
      case LEASE ->
          timedOut(due)
              ? new ExpireStep(due.tenant(), due.run(), due.step(), due.attempt(), due.epoch())
              : new ExpireLease(due.tenant(), due.run(), due.step(), due.attempt(), due.epoch());
      case GATE_EXPIRY -> new ExpireGate(due.tenant(), due.run(), due.step());
      case GATE_ESCALATION -> new EscalateGate(due.tenant(), due.run(), due.step(), due.attempt());
      case RUN_DEADLINE -> new ExpireRun(due.tenant(), due.run());
    };
  }

  /// Whether the lease ended because the attempt's time is over: it could not be renewed any more.
  private boolean timedOut(Due due) {
    return database
        .inTenant(
            due.tenant(),
            c ->
                Sql.one(
                    c,
                    TIMED_OUT,
                    row -> row.getInt(1),
                    due.tenant(),
                    due.run(),
                    due.step(),
                    due.attempt(),
                    due.epoch()))
        .isPresent();
  }

  private boolean over(Due due) {
    Run run = bus.load(due.tenant(), runs, due.run());
    return run.status().ended()
        || (due.kind() == TimerKind.GATE_EXPIRY
            && run.gate(due.step()).filter(Run.GateState::open).isEmpty())
        || (due.kind() == TimerKind.GATE_ESCALATION
            && run.gate(due.step())
                .filter(Run.GateState::open)
                .filter(gate -> gate.level() < due.attempt())
                .isEmpty());
  }

  /// A lease that was renewed or taken over in the meantime has a timer of its own or a later one.
  /// The attempt is locked before the timer, as everywhere.
  private static void endLease(Connection c, Due due) throws SQLException {
    boolean ended =
        Sql.one(
                c,
                LEASE_ENDED,
                row -> row.getInt(1),
                due.tenant(),
                due.run(),
                due.step(),
                due.attempt(),
                due.epoch())
            .isPresent();
    if (!ended) {
      throw new Gone();
    }
    change(c, DELETE, due);
  }

  private static void change(Connection c, String sql, Due due) throws SQLException {
    if (Sql.execute(c, sql, due.id()) != 1) {
      throw new Gone();
    }
  }

  private void drop(Due due) {
    int _ = database.inTenant(due.tenant(), c -> Sql.execute(c, DELETE, due.id()));
  }

  /// Another process did it, or there is nothing to do any more; everything is rolled back.
  private static final class Gone extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }
}
