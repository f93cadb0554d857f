package ai.rails.projection.ledger;

import java.time.Duration;
import java.util.Optional;

import ai.rails.platform.http.Problem;
import ai.rails.projection.checkpoint.Checkpoints;
import ai.rails.projection.checkpoint.Checkpoints.Kept;
import ai.rails.projection.checkpoint.Log;
import ai.rails.projection.feed.Progress;
import ai.rails.projection.feed.Views;

/// Finds the checkpoint that covers an entry, and waits a moment for one that is about to come.
/// Thread-safe.
public final class Coverage {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration SLICE = Duration.ofMillis(250);

  private final Views views;
  private final Progress cosigned;

  /// @param cosigned log of an epoch to the size of its newest cosigned checkpoint
  public Coverage(Views views, Progress cosigned) {
    this.views = views;
    this.cosigned = cosigned;
  }

  /// The first cosigned checkpoint that covers a position.
  ///
  /// @throws Problem with 503 if there is none within five seconds, saying what there is
  public Kept of(String tenant, String workspace, long position) throws InterruptedException {
    return of(views.query(tenant, sql -> Log.current(sql, tenant, workspace)), position);
  }

  /// The first cosigned checkpoint of that log that covers a position.
  ///
  /// @throws Problem with 503 if there is none within five seconds, saying what there is
  Kept of(Log log, long position) throws InterruptedException {
    String tenant = log.tenant();
    long start = System.nanoTime();
    while (true) {
      Optional<Kept> found = views.query(tenant, sql -> Checkpoints.covering(sql, log, position));
      if (found.isPresent()) {
        return found.get();
      }
      if (cosigned.ended() || System.nanoTime() - start > PATIENCE.toNanos()) {
        throw notYet(log, position);
      }
      // Another process may fold this log's notes: then nobody says so here.
      boolean _ = cosigned.await(tenant, log.name(), position, SLICE);
    }
  }

  private Problem notYet(Log log, long position) {
    long signed = size(views.query(log.tenant(), sql -> Checkpoints.newest(sql, log)));
    long seen = size(views.query(log.tenant(), sql -> Checkpoints.newestCosigned(sql, log)));
    return new Problem(
            503,
            "NOT_YET_WITNESSED",
            "position %d of workspace %s is in the log, but witnesses have cosigned %d entries and the signer has signed %d; ask again"
                .formatted(position, log.workspace(), seen, signed))
        .with("Retry-After", "2");
  }

  private static long size(Optional<Kept> checkpoint) {
    return checkpoint.map(Kept::size).orElse(0L);
  }
}
