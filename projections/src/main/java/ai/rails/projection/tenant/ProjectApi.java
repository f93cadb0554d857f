package ai.rails.projection.tenant;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;

import ai.rails.domain.EntryType;
import ai.rails.domain.tenant.TenantEvent.ProjectRemoved;
import ai.rails.domain.tenant.TenantEvent.ProjectSet;
import ai.rails.platform.http.Access;
import ai.rails.platform.http.Handler;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Route;
import ai.rails.projection.Filter;
import ai.rails.projection.budget.Costs;
import ai.rails.projection.feed.Views;
import ai.rails.schema.EventCodec;

import static ai.rails.projection.jooq.generated.Tables.COST;
import static ai.rails.projection.jooq.generated.Tables.RUN;

/// `GET /v1/projects`: what belongs together and to whom, and what it cost.
public final class ProjectApi {
  private final Views views;
  private final TenantLog log;

  public ProjectApi(Views views, EventCodec events) {
    this.views = views;
    this.log = new TenantLog(events);
  }

  public List<Route> routes() {
    return List.of(
        get(
            "/v1/projects",
            request ->
                views.answer(
                    request,
                    sql ->
                        Map.of(
                            "items",
                            projects(sql, request).values().stream()
                                .map(ProjectApi::shown)
                                .toList()))),
        get("/v1/projects/{project}", request -> views.answer(request, sql -> one(sql, request))));
  }

  private static Route get(String path, Handler handler) {
    return new Route("GET", path, Label.EVENTUAL, Access.anyRole(), handler);
  }

  private Map<String, ProjectSet> projects(DSLContext sql, Request request) {
    Map<String, ProjectSet> projects = new TreeMap<>();
    log.of(sql, request.principal().tenant(), EntryType.PROJECT_SET, EntryType.PROJECT_REMOVED)
        .forEach(told -> {
          switch (told.event()) {
            case ProjectSet e -> projects.put(e.projectId(), e);
            case ProjectRemoved e -> projects.remove(e.projectId());
            default -> throw new IllegalStateException("no entry about projects: " + told);
          }
        });
    return projects;
  }

  private Map<String, Object> one(DSLContext sql, Request request) {
    String asked = Filter.path(request, "project");
    Map<String, ProjectSet> all = projects(sql, request);
    ProjectSet project =
        Optional.ofNullable(all.get(asked)).orElseThrow(() -> Problem.notFound("project " + asked));
    Map<String, Object> out = shown(project);
    out.put("cost", Costs.sum(sql, cost(request, project, all)));
    return out;
  }

  /// Its workflows, and those of its workspaces that are no other project's.
  private static Condition cost(Request request, ProjectSet project, Map<String, ProjectSet> all) {
    List<String> others = new ArrayList<>();
    all.values().stream()
        .filter(other -> !other.projectId().equals(project.projectId()))
        .forEach(other -> others.addAll(other.workflows()));
    Condition where =
        COST.TENANT
            .eq(request.principal().tenant())
            .and(
                COST.RUN.in(
                    DSL.select(RUN.RUN_)
                        .from(RUN)
                        .where(
                            RUN.TENANT.eq(request.principal().tenant()),
                            RUN.WORKFLOW
                                .in(project.workflows())
                                .or(
                                    RUN.WORKSPACE
                                        .in(project.workspaces())
                                        .and(RUN.WORKFLOW.notIn(others))))));
    return Filter.query(request, "since")
        .map(text -> where.and(COST.SETTLED_AT.ge(Filter.position("since", text))))
        .orElse(where);
  }

  private static Map<String, Object> shown(ProjectSet project) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("project", project.projectId());
    out.put("owner", project.owner());
    out.put("workspaces", project.workspaces());
    out.put("workflows", project.workflows());
    return out;
  }
}
