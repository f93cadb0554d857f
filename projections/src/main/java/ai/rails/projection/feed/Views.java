package ai.rails.projection.feed;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

import org.jooq.DSLContext;

import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Unavailable;
import ai.rails.platform.postgres.Database;
import ai.rails.projection.Filter;

import static ai.rails.projection.jooq.generated.Tables.HEAD;

/// How queries reach the views: each in one read-only snapshot, and not before a position that the
/// reader names. Thread-safe.
public final class Views {
  /// Header that says how far the answer's log is folded at least.
  public static final String POSITION = "X-AIRails-Position";

  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final Duration SLICE = Duration.ofMillis(250);

  private final Database database;
  private final Progress progress;
  private volatile boolean rebuilding;

  public Views(Database database, Progress progress) {
    this.database = database;
    this.progress = progress;
  }

  public Progress progress() {
    return progress;
  }

  /// While views are rebuilt, nobody gets to see half of them.
  void rebuilding(boolean now) {
    rebuilding = now;
  }

  /// Runs a query in a transaction of its own that sees one state of all views, and of one tenant.
  ///
  /// @throws Problem with 503 while the views are rebuilt
  /// @throws Unavailable if the database does not serve
  public <T> T query(String tenant, Function<DSLContext, T> query) {
    if (rebuilding) {
      throw new Problem(503, "REBUILDING", "the views are being rebuilt; ask again later")
          .with("Retry-After", "10");
    }
    try {
      return database.inSnapshot(tenant, connection -> query.apply(Folding.sql(connection)));
    } catch (RuntimeException e) {
      if (Outage.caused(e)) {
        throw new Unavailable("PostgreSQL does not serve queries", e);
      }
      throw e;
    }
  }

  /// Answers a query once the log of `?workspace=` is folded to `?atLeast=`.
  ///
  /// @throws Problem with 503 if that takes more than five seconds
  public Answer answer(Request request, Function<DSLContext, Object> query)
      throws InterruptedException {
    return answer(request, Filter.query(request, "workspace"), query);
  }

  /// Answers a query once a log is folded to `?atLeast=`.
  ///
  /// @throws Problem with 503 if that takes more than five seconds
  public Answer answer(
      Request request, Optional<String> workspace, Function<DSLContext, Object> query)
      throws InterruptedException {
    return answer(request.principal().tenant(), request, workspace, query);
  }

  /// Answers a query about a tenant, which is not the principal's where the platform asks.
  ///
  /// @throws Problem with 503 if that takes more than five seconds
  public Answer answer(
      String tenant,
      Request request,
      Optional<String> workspace,
      Function<DSLContext, Object> query)
      throws InterruptedException {
    long atLeast =
        request.query("atLeast").map(text -> Filter.position("atLeast", text)).orElse(0L);
    if (atLeast > 0) {
      awaitPosition(
          tenant,
          workspace.orElseThrow(
              () -> Problem.invalid("atLeast is a position of a log: name its workspace too")),
          atLeast);
    }
    return query(
        tenant,
        sql -> {
          Answer answer = Answer.ok(query.apply(sql));
          return workspace
              .map(log -> answer.header(POSITION, Long.toString(position(sql, tenant, log))))
              .orElse(answer);
        });
  }

  /// Another process may fold this log, so the table is looked at too.
  private void awaitPosition(String tenant, String log, long atLeast) throws InterruptedException {
    long start = System.nanoTime();
    while (!progress.await(tenant, log, atLeast, SLICE)) {
      long position = query(tenant, sql -> position(sql, tenant, log));
      if (position > 0) {
        progress.move(Map.of(Heads.key(tenant, log), position));
      }
      if (position < atLeast && System.nanoTime() - start > PATIENCE.toNanos()) {
        throw new Problem(
                503,
                "NOT_YET_PROJECTED",
                "workspace %s is folded to position %d, not yet to %d; ask again"
                    .formatted(log, position, atLeast))
            .with("Retry-After", "1");
      }
    }
  }

  private static long position(DSLContext sql, String tenant, String workspace) {
    return sql.select(HEAD.POSITION)
        .from(HEAD)
        .where(HEAD.TENANT.eq(tenant), HEAD.WORKSPACE.eq(workspace))
        .fetchOptional(HEAD.POSITION)
        .orElse(0L);
  }
}
