package ai.rails.projection.run;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;

import ai.rails.platform.http.Answer;
import ai.rails.platform.http.EventStream;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Unavailable;
import ai.rails.projection.Filter;
import ai.rails.projection.feed.Views;
import ai.rails.projection.ledger.EntryQueries;

/// A run's events as they are folded, from `Last-Event-ID` on, until the run has ended.
///
/// A stream holds a virtual thread and, between its queries, no connection. It ends after fifteen
/// minutes, so that its reader comes back with a fresh token.
final class RunStream {
  private static final Duration LIFE = Duration.ofMinutes(15);

  /// Longest silence. Also how late a client hears of what another process folded.
  private static final Duration BEAT = Duration.ofSeconds(2);

  private static final int BATCH = 100;
  private static final int STREAMS = 1_000;

  private final Semaphore free = new Semaphore(STREAMS);
  private final Views views;
  private final RunQueries runs;
  private final EntryQueries entries;

  RunStream(Views views, RunQueries runs, EntryQueries entries) {
    this.views = views;
    this.runs = runs;
    this.entries = entries;
  }

  /// What is new, and whether more can come.
  private record News(List<EntryQueries.Shown> entries, boolean ended) {
    boolean isLast() {
      return ended && entries.isEmpty();
    }
  }

  /// A reader's place in a run.
  private record Reader(String tenant, String workspace, String run) {}

  /// With 204 a browser does not come back.
  ///
  /// @throws Problem with 404 if the tenant has no such run, 503 if there are too many streams
  Answer answer(Request request) {
    String tenant = request.principal().tenant();
    String run = Filter.path(request, "run");
    long after =
        request.header("Last-Event-ID").map(id -> Filter.position("Last-Event-ID", id)).orElse(0L);
    String workspace = views.query(tenant, sql -> runs.place(sql, tenant, run)).workspace();
    Reader reader = new Reader(tenant, workspace, run);
    if (news(reader, after).isLast()) {
      return Answer.empty(204);
    }
    if (free.availablePermits() == 0) {
      throw new Problem(
              503, "TOO_MANY_STREAMS", "%d streams are open; come back later".formatted(STREAMS))
          .with("Retry-After", "10");
    }
    return Answer.events(stream -> follow(stream, reader, after));
  }

  private News news(Reader reader, long after) {
    return views.query(
        reader.tenant,
        sql ->
            new News(
                entries.after(sql, reader.tenant, reader.run, after, BATCH),
                runs.place(sql, reader.tenant, reader.run).ended()));
  }

  private void follow(EventStream stream, Reader reader, long after) throws IOException {
    if (!free.tryAcquire()) {
      return;
    }
    try {
      send(stream, reader, after);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Problem | Unavailable e) {
      stream.beat(); // the views can not be read now; the client comes back with its last id
    } finally {
      free.release();
    }
  }

  private void send(EventStream stream, Reader reader, long after)
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    long position = after;
    while (System.nanoTime() - start < LIFE.toNanos() && !views.progress().ended()) {
      long seen = views.progress().position(reader.tenant, reader.workspace);
      News news = news(reader, position);
      if (news.isLast()) {
        return;
      }
      for (EntryQueries.Shown shown : news.entries) {
        stream.send(Long.toString(shown.position()), shown.type().name(), shown.json());
        position = shown.position();
      }
      if (news.entries.isEmpty()) {
        stream.beat();
        boolean _ = views.progress().await(reader.tenant, reader.workspace, seen + 1, BEAT);
      }
    }
  }
}
