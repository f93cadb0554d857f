package ai.rails.app.bench.once;

import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

import ai.rails.app.bench.once.Battered.Target;
import ai.rails.standin.Fault;
import ai.rails.standin.Faults;
import ai.rails.standin.Request;

/// Kills processes and loses answers until it is told to stop. Owns a thread of its own.
final class Nemesis implements AutoCloseable {
  /// Workers and proxies come back in seconds, the others take many runs with them.
  private static final List<Target> TARGETS =
      List.of(
          Target.WORKER,
          Target.PROXY,
          Target.WORKER,
          Target.POSTGRES,
          Target.PROXY,
          Target.WORKER,
          Target.BROKER,
          Target.PROXY,
          Target.WORKER,
          Target.COMMAND_SERVICES);

  /// Effects between kills, so that it is working things that are killed on any machine.
  private static final int EFFECTS = 10;

  /// One kill in so many comes without them: it meets what is only coming back.
  private static final int SOONER_ONE_IN = 4;

  /// What does not come back is killed again.
  private static final Duration LONGEST = Duration.ofSeconds(60);

  private static final int WAITING_FAULTS = 8;
  private static final int ONE_IN = 20;
  private static final Duration LATE = Duration.ofSeconds(3);

  private final Battered cell;
  private final Duration pause;
  private final int mostKills;
  private final RandomGenerator random;
  private final Consumer<String> progress;
  private final Map<Target, Integer> kills = new EnumMap<>(Target.class);
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Thread thread;
  private long faults;

  /// @param pause between kills, on average, if there are effects between them
  Nemesis(
      Battered cell,
      Duration pause,
      int mostKills,
      RandomGenerator random,
      Consumer<String> progress) {
    this.cell = cell;
    this.pause = pause;
    this.mostKills = mostKills;
    this.random = random;
    this.progress = progress;
    this.thread = Thread.ofPlatform().name("nemesis").start(this::run);
  }

  synchronized Map<Target, Integer> kills() {
    return new EnumMap<>(kills.isEmpty() ? new EnumMap<>(Target.class) : kills);
  }

  /// Requests that met a fault, or are about to.
  synchronized long faults() {
    return faults;
  }

  private void run() {
    try {
      long next = System.nanoTime() + nap();
      long effects = cell.sink().effectCount() + EFFECTS;
      for (int turn = 0; !stopped.await(100, TimeUnit.MILLISECONDS); ) {
        lose();
        long late = System.nanoTime() - next;
        boolean due =
            late > LONGEST.toNanos() || (late > 0 && cell.sink().effectCount() >= effects);
        if (due && total() < mostKills) {
          kill(TARGETS.get(turn++ % TARGETS.size()));
          next = System.nanoTime() + nap();
          effects = random.nextInt(SOONER_ONE_IN) == 0 ? 0 : cell.sink().effectCount() + EFFECTS;
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private long nap() {
    return pause.toNanos() / 2 + random.nextLong(pause.toNanos());
  }

  private synchronized int total() {
    return kills.values().stream().mapToInt(Integer::intValue).sum();
  }

  private void kill(Target target) {
    progress.accept("kill -9 " + target);
    if (cell.kill(target)) {
      synchronized (this) {
        kills.merge(target, 1, Integer::sum);
      }
    }
  }

  /// Keeps some faults in wait: each meets one request in twenty.
  private void lose() {
    Faults waiting = cell.sink().faults();
    for (int i = waiting.waiting(); i < WAITING_FAULTS; i++) {
      waiting.inject(1, this::chosen, fault());
      synchronized (this) {
        faults++;
      }
    }
  }

  private boolean chosen(Request request) {
    return random.nextInt(ONE_IN * WAITING_FAULTS) < WAITING_FAULTS
        && request.path().startsWith("/");
  }

  private Fault fault() {
    return switch (random.nextInt(8)) {
      case 0 -> new Fault.LostRequest();
      case 1, 2 -> new Fault.LostAnswer();
      case 3 -> new Fault.TruncatedAnswer();
      case 4 -> new Fault.ServerError();
      case 5 -> new Fault.RateLimited(Duration.ofSeconds(1));
      case 6 -> new Fault.LateEffect(LATE);
      default -> new Fault.SlowAnswer(LATE);
    };
  }

  /// Heals everything.
  @Override
  public void close() {
    stopped.countDown();
    try {
      thread.join();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    cell.sink().faults().clear();
  }
}
