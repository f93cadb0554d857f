package ai.rails.projection.run;

import java.time.InstantSource;
import java.util.List;

import ai.rails.platform.http.Access;
import ai.rails.platform.http.Handler;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Route;
import ai.rails.projection.Filter;
import ai.rails.projection.feed.Views;
import ai.rails.projection.ledger.EntryQueries;
import ai.rails.schema.EventCodec;

/// `GET /v1/runs`: what runs, how far it is and why it waits.
public final class RunApi {
  private final Views views;
  private final RunQueries runs;
  private final EntryQueries entries;
  private final RunStream stream;
  private final Activity activity;

  /// @param clock for what is counted of the last minutes
  public RunApi(Views views, EventCodec events, InstantSource clock) {
    this.views = views;
    this.runs = new RunQueries(events);
    this.entries = new EntryQueries(events);
    this.stream = new RunStream(views, runs, entries);
    this.activity = new Activity(clock);
  }

  public List<Route> routes() {
    return List.of(
        get("/v1/runs", r -> views.answer(r, sql -> runs.list(sql, r, tenant(r)))),
        get("/v1/runs/{run}", r -> views.answer(r, sql -> runs.one(sql, tenant(r), run(r)))),
        get(
            "/v1/runs/{run}/events",
            r ->
                views.answer(
                    r,
                    sql -> {
                      RunQueries.Place _ = runs.place(sql, tenant(r), run(r));
                      return entries.ofRun(sql, r, tenant(r), run(r));
                    })),
        get("/v1/runs/{run}/events/stream", stream::answer),
        get("/v1/activity", r -> views.answer(r, sql -> activity.of(sql, r, tenant(r)))),
        get("/v1/dlq", r -> views.answer(r, sql -> runs.dead(sql, r, tenant(r)))));
  }

  private static Route get(String path, Handler handler) {
    return new Route("GET", path, Label.EVENTUAL, Access.anyRole(), handler);
  }

  private static String tenant(Request request) {
    return request.principal().tenant();
  }

  private static String run(Request request) {
    return Filter.path(request, "run");
  }
}
