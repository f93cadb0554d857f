package ai.rails.projection.worker;

import java.util.List;
import java.util.Map;

import ai.rails.platform.http.Access;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Route;
import ai.rails.projection.Filter;
import ai.rails.projection.feed.Views;

/// `GET /v1/workers` and `GET /v1/workers/{worker}`: measurement, TCB status, advisories, keys and
/// how long they last.
public final class WorkerApi {
  private final Views views;
  private final WorkerView workers;

  public WorkerApi(Views views, WorkerView workers) {
    this.views = views;
    this.workers = workers;
  }

  public List<Route> routes() {
    return List.of(
        new Route(
            "GET",
            "/v1/workers",
            Label.EVENTUAL,
            Access.anyRole(),
            request ->
                views.answer(
                    request,
                    sql ->
                        Map.of(
                            "items",
                            workers.all(
                                sql,
                                request.principal().tenant(),
                                Filter.query(request, "workspace"))))),
        new Route(
            "GET",
            "/v1/workers/{worker}",
            Label.EVENTUAL,
            Access.anyRole(),
            request ->
                views.answer(
                    request,
                    sql ->
                        workers
                            .one(sql, request.principal().tenant(), Filter.path(request, "worker"))
                            .orElseThrow(() -> Problem.notFound("the worker")))));
  }
}
