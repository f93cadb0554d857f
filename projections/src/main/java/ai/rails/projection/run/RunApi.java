package ai.rails.projection.run;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

import ai.rails.platform.http.Access;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.EventStream;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Route;
import ai.rails.projection.feed.Views;
import ai.rails.projection.ledger.EntryQueries;
import ai.rails.schema.EventCodec;

/// `GET /v1/runs`: what runs, how far it is and why it waits.
public final class RunApi {
  private static final Duration BEAT = Duration.ofSeconds(10);
  private static final int PAGE = 200;

  private final Views views;
  private final RunQueries runs;
  private final EntryQueries entries;

  public RunApi(Views views, EventCodec events) {
    this.views = views;
    this.runs = new RunQueries(events);
    this.entries = new EntryQueries(events);
  }

  public List<Route> routes() {
    return List.of(
        get("/v1/runs", r -> views.answer(r, sql -> runs.list(sql, r, r.principal().tenant()))),
        get(
            "/v1/runs/{run}",
            r -> views.answer(r, sql -> runs.one(sql, r.principal().tenant(), r.path("run")))),
        get(
            "/v1/runs/{run}/events",
            r ->
                views.answer(
                    r, sql -> entries.ofRun(sql, r, r.principal().tenant(), r.path("run")))),
        get("/v1/runs/{run}/events/stream", this::stream),
        get("/v1/dlq", r -> views.answer(r, sql -> runs.dead(sql, r, r.principal().tenant()))));
  }

  private static Route get(String path, ai.rails.platform.http.Handler handler) {
    return new Route("GET", path, Label.EVENTUAL, Access.anyRole(), handler);
  }

  /// Sends a run's events as they are folded, from `Last-Event-ID` on, until the run has ended.
  private Answer stream(Request request) {
    String tenant = request.principal().tenant();
    String run = request.path("run");
    long from = request.header("Last-Event-ID").map(RunApi::position).orElse(0L);
    views.query(sql -> runs.one(sql, tenant, run));
    return Answer.events(stream -> follow(stream, tenant, run, from));
  }

  private static long position(String id) {
    if (!id.matches("\\d{1,18}")) {
      throw Problem.invalid("Last-Event-ID must be the position of an event");
    }
    return Long.parseLong(id);
  }

  private void follow(EventStream stream, String tenant, String run, long from) throws IOException {
    long position = from;
    try {
      while (true) {
        long after = position;
        long seen = views.progress().moves();
        var batch = views.query(sql -> entries.after(sql, tenant, run, after, PAGE));
        for (EntryQueries.Shown shown : batch) {
          stream.send(Long.toString(shown.position()), shown.type().name(), shown.json());
          position = shown.position();
          if (shown.type().endsRun()) {
            return;
          }
        }
        if (batch.isEmpty()) {
          stream.beat();
          views.progress().awaitMove(seen, BEAT);
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
