package ai.rails.projection.runner;

import java.util.List;
import java.util.Map;

import ai.rails.platform.http.Access;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Route;
import ai.rails.projection.Filter;
import ai.rails.projection.feed.Views;

/// `GET /v1/runners`: which runners were registered and revoked, by environment.
public final class RunnerApi {
  private final Views views;
  private final RunnerView runners;

  public RunnerApi(Views views, RunnerView runners) {
    this.views = views;
    this.runners = runners;
  }

  public List<Route> routes() {
    return List.of(
        new Route(
            "GET",
            "/v1/runners",
            Label.EVENTUAL,
            Access.anyRole(),
            request ->
                views.answer(
                    request,
                    sql ->
                        Map.of(
                            "items",
                            runners.all(
                                sql,
                                request.principal().tenant(),
                                Filter.query(request, "workspace"))))));
  }
}
