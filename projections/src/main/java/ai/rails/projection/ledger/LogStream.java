package ai.rails.projection.ledger;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;

import ai.rails.platform.http.Answer;
import ai.rails.platform.http.EventStream;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.projection.Filter;
import ai.rails.projection.feed.Progress;

/// Says when a workspace's log has been folded further, so that whoever shows lists asks again.
///
/// It tells positions and nothing else, and needs no connection to the database. It ends after
/// fifteen minutes, so that its reader comes back with a fresh token.
final class LogStream {
  private static final Duration LIFE = Duration.ofMinutes(15);
  private static final Duration BEAT = Duration.ofSeconds(2);
  private static final int STREAMS = 1_000;

  private final Semaphore free = new Semaphore(STREAMS);
  private final Progress progress;

  LogStream(Progress progress) {
    this.progress = progress;
  }

  /// @throws Problem with 503 if there are too many streams
  Answer answer(Request request) {
    String tenant = request.principal().tenant();
    String workspace = Filter.path(request, "ws");
    long after =
        request
            .header("Last-Event-ID")
            .map(id -> Filter.position("Last-Event-ID", id))
            .orElseGet(() -> progress.position(tenant, workspace));
    if (free.availablePermits() == 0) {
      throw new Problem(
              503, "TOO_MANY_STREAMS", "%s streams are open; come back later".formatted(STREAMS))
          .with("Retry-After", "10");
    }
    return Answer.events(stream -> follow(stream, tenant, workspace, after));
  }

  private void follow(EventStream stream, String tenant, String workspace, long after)
      throws IOException {
    if (!free.tryAcquire()) {
      return;
    }
    try {
      long start = System.nanoTime();
      long position = after;
      stream.beat(); // the client learns at once that it is heard
      while (System.nanoTime() - start < LIFE.toNanos() && !progress.ended()) {
        if (progress.await(tenant, workspace, position + 1, BEAT)) {
          position = progress.position(tenant, workspace);
          stream.send(Long.toString(position), "grown", "{\"position\":%s}".formatted(position));
        } else {
          stream.beat();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      free.release();
    }
  }
}
