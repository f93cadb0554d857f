package ai.rails.projection.feed;

import java.time.Duration;
import java.util.Map;
import java.util.function.Function;

import ai.rails.platform.http.Unavailable;
import ai.rails.platform.postgres.Database;

/// Folds everything again from zero and compares: the proof that the views follow from the ledger
/// and from nothing else. Until it is over, queries get 503.
public final class Rebuild {
  private static final Duration SLICE = Duration.ofMillis(200);

  private final Database database;
  private final Folding folding;
  private final Views views;
  private final Standings standings;

  public Rebuild(Database database, Folding folding, Views views, Standings standings) {
    this.database = database;
    this.folding = folding;
    this.views = views;
    this.standings = standings;
  }

  /// What came of it.
  ///
  /// @param before hash of the views as they were folded live
  /// @param after hash of the views folded from zero to the same positions
  /// @param entries of all logs
  public record Rebuilt(String before, String after, long entries, Duration took) {
    public boolean same() {
      return before.equals(after);
    }
  }

  /// Runs while no other feed does, in no process.
  ///
  /// @param feed makes the feed that folds from zero, not yet started
  /// @throws Unavailable if it takes longer than the limit; the next feed goes on from there
  /// @throws IllegalStateException if an entry can not be folded
  public Rebuilt run(Function<Folding, Feed> feed, Duration limit) throws InterruptedException {
    long start = System.nanoTime();
    views.rebuilding(true);
    try {
      Map<String, Long> heads = folding.heads();
      Folding bounded = folding.upTo(heads);
      String before = ViewHash.of(database);
      folding.reset();
      views.progress().reset();
      try (Feed again = feed.apply(bounded)) {
        again.start();
        for (Map.Entry<String, Long> log : heads.entrySet()) {
          await(log.getKey(), log.getValue(), start + limit.toNanos());
        }
      }
      return new Rebuilt(
          before,
          ViewHash.of(database),
          heads.values().stream().mapToLong(Long::longValue).sum(),
          Duration.ofNanos(System.nanoTime() - start));
    } finally {
      views.rebuilding(false);
    }
  }

  private void await(String log, long position, long deadline) throws InterruptedException {
    String[] parts = log.split("/", 2);
    while (!views.progress().await(parts[0], parts[1], position, SLICE)) {
      standings
          .stopped(parts[0])
          .ifPresent(why -> {
            throw new IllegalStateException("the views can not be rebuilt: " + why);
          });
      if (System.nanoTime() > deadline) {
        throw new Unavailable(
            "log %s is not folded to position %d in time; the feed goes on from here"
                .formatted(log, position));
      }
    }
  }
}
