package ai.rails.command;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

import ai.rails.domain.Event;
import ai.rails.schema.Recorded;

/// Takes commands: sources the entity, lets its rules decide, and commits events and rows together.
///
/// Commands to one stream wait for each other in this process; commands of other processes are
/// found out by the stream's sequence, and the command is then decided again, a bounded number of
/// times. Thread-safe; the work is done on the caller's thread.
public final class CommandBus {
  private static final int STRIPES = 1_024;
  private static final int ATTEMPTS = 16;
  private static final Duration LONGEST_PAUSE = Duration.ofMillis(50);

  private final Engine engine;
  private final Runnable committed;
  private final RandomGenerator random;
  private final Lock[] streams =
      Stream.generate(ReentrantLock::new).limit(STRIPES).toArray(Lock[]::new);

  /// @param committed called after every command that made something happen
  /// @param random spreads the retries of processes that meet on one stream
  public CommandBus(Engine engine, Runnable committed, RandomGenerator random) {
    this.engine = engine;
    this.committed = committed;
    this.random = random;
  }

  /// Gives a command.
  ///
  /// @throws ai.rails.domain.Refused as the rules or a transaction part threw it; nothing changed
  /// @throws ai.rails.platform.http.Unavailable if the store fails; nothing changed unless the
  ///   failure was in the commit itself, so give the same command again
  /// @throws Contended if other processes were faster each time
  public <C, S, E extends Event> Receipt dispatch(
      CommandContext context, Entity<C, S, E> entity, C command) {
    Lock stream =
        stream(context.tenant(), entity.streamType(), entity.idOfCommand().apply(command));
    stream.lock();
    try {
      Receipt receipt = attempt(context, entity, command);
      if (!receipt.events().isEmpty()) {
        committed.run();
      }
      return receipt;
    } finally {
      stream.unlock();
    }
  }

  /// The state of an entity as it is committed now; the initial state if it has no events.
  public <S> S load(String tenant, Entity<?, S, ?> entity, String id) {
    return engine.load(tenant, entity, id);
  }

  /// The committed events of an entity, in order.
  public List<Recorded> history(String tenant, String streamType, String id) {
    return engine.history(tenant, streamType, id);
  }

  private <C, S, E extends Event> Receipt attempt(
      CommandContext context, Entity<C, S, E> entity, C command) {
    for (int attempt = 1; ; attempt++) {
      try {
        return engine.handle(context, entity, command);
      } catch (Conflict conflict) {
        if (attempt == ATTEMPTS) {
          throw new Contended(entity.streamType(), conflict);
        }
        long millis = Math.min(1L << attempt, LONGEST_PAUSE.toMillis());
        LockSupport.parkNanos(random.nextLong(Duration.ofMillis(millis).toNanos()));
      }
    }
  }

  private Lock stream(String... key) {
    return streams[Math.floorMod(Arrays.hashCode(key), STRIPES)];
  }

  /// Handles one command in one transaction, once.
  public interface Engine {
    /// @throws Conflict if another command appended to the stream in the meantime
    <C, S, E extends Event> Receipt handle(
        CommandContext context, Entity<C, S, E> entity, C command);

    <S> S load(String tenant, Entity<?, S, ?> entity, String id);

    List<Recorded> history(String tenant, String streamType, String id);
  }

  /// Another command was faster; nothing changed.
  public static final class Conflict extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public Conflict(Throwable cause) {
      super("another command changed the entity at the same time", cause);
    }
  }

  /// Other commands were faster each time; nothing changed. The caller may give the command again.
  public static final class Contended extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Contended(String streamType, Throwable cause) {
      super(
          "%d attempts to change this %s met other commands; try again"
              .formatted(ATTEMPTS, streamType),
          cause);
    }
  }
}
