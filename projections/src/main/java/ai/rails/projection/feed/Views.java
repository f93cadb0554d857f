package ai.rails.projection.feed;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

import org.jooq.DSLContext;

import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.platform.postgres.Database;

/// How queries reach the views: in one read transaction, not before a position that the reader
/// names.
public final class Views {
  /// Header that says how far the answer's log was folded.
  public static final String POSITION = "X-AIRails-Position";

  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Database database;
  private final Progress progress;

  public Views(Database database, Progress progress) {
    this.database = database;
    this.progress = progress;
  }

  public Progress progress() {
    return progress;
  }

  public <T> T query(Function<DSLContext, T> query) {
    return database.inTransaction(connection -> query.apply(Folding.sql(connection)));
  }

  /// Answers a query once the log of `?workspace=` is folded to `?atLeast=`.
  ///
  /// @throws Problem with 503 if that takes more than five seconds
  public Answer answer(Request request, Function<DSLContext, Object> query)
      throws InterruptedException {
    String tenant = request.principal().tenant();
    Optional<String> workspace = request.query("workspace");
    int atLeast = request.query("atLeast", 0, 0, Integer.MAX_VALUE);
    if (atLeast > 0) {
      String log =
          workspace.orElseThrow(
              () -> Problem.invalid("atLeast is a position of a log: name its workspace too"));
      if (!progress.await(tenant, log, atLeast, PATIENCE)) {
        throw new Problem(
                503,
                "NOT_YET_PROJECTED",
                "workspace %s is folded to position %d, not yet to %d; ask again"
                    .formatted(log, progress.position(tenant, log), atLeast))
            .with("Retry-After", "1");
      }
    }
    Answer answer = Answer.ok(query(query));
    return workspace.isEmpty()
        ? answer
        : answer.header(POSITION, Long.toString(progress.position(tenant, workspace.get())));
  }

  /// One page and where the next one starts.
  public static Map<String, Object> page(
      java.util.List<? extends Object> items, Optional<String> next) {
    return next.isPresent() ? Map.of("items", items, "next", next.get()) : Map.of("items", items);
  }
}
