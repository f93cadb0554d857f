package ai.rails.projection.workflow;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.impl.DSL;

import ai.rails.platform.http.Access;
import ai.rails.platform.http.Handler;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Route;
import ai.rails.projection.Cursor;
import ai.rails.projection.Filter;
import ai.rails.projection.Page;
import ai.rails.projection.feed.Views;

import static ai.rails.projection.jooq.generated.Tables.WORKFLOW_VERSION;

/// `GET /v1/workflows`: which versions are published.
public final class WorkflowApi {
  private final Views views;

  public WorkflowApi(Views views) {
    this.views = views;
  }

  public List<Route> routes() {
    return List.of(
        get("/v1/workflows", r -> views.answer(r, sql -> all(sql, r))),
        get(
            "/v1/workspaces/{ws}/workflows/{id}",
            r -> views.answer(r, Optional.of(Filter.path(r, "ws")), sql -> one(sql, r))));
  }

  private static Route get(String path, Handler handler) {
    return new Route("GET", path, Label.EVENTUAL, Access.anyRole(), handler);
  }

  private static Object all(DSLContext sql, Request request) {
    Condition where = WORKFLOW_VERSION.TENANT.eq(request.principal().tenant());
    where = Filter.by(where, request, "workspace", WORKFLOW_VERSION.WORKSPACE);
    return versions(sql, request, Filter.by(where, request, "workflow", WORKFLOW_VERSION.WORKFLOW));
  }

  private static Object one(DSLContext sql, Request request) {
    String workflow = Filter.path(request, "id");
    Condition where =
        DSL.and(
            WORKFLOW_VERSION.TENANT.eq(request.principal().tenant()),
            WORKFLOW_VERSION.WORKSPACE.eq(Filter.path(request, "ws")),
            WORKFLOW_VERSION.WORKFLOW.eq(workflow));
    if (!sql.fetchExists(WORKFLOW_VERSION, where)) {
      throw Problem.notFound("workflow " + workflow);
    }
    return versions(sql, request, where);
  }

  private static Object versions(DSLContext sql, Request request, Condition wanted) {
    Page page = Page.asked(request, 2);
    Condition where = wanted;
    if (page.after().isPresent()) {
      Cursor after = page.after().get();
      where =
          where.and(
              DSL.row(WORKFLOW_VERSION.WORKFLOW, WORKFLOW_VERSION.VERSION)
                  .gt(after.text(0), after.text(1)));
    }
    return page.of(
        sql.selectFrom(WORKFLOW_VERSION)
            .where(where)
            .orderBy(WORKFLOW_VERSION.WORKFLOW, WORKFLOW_VERSION.VERSION)
            .limit(page.fetch())
            .fetch(WorkflowApi::shown),
        "workflow",
        "version");
  }

  private static Map<String, Object> shown(Record row) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("workflow", row.get(WORKFLOW_VERSION.WORKFLOW));
    out.put("version", row.get(WORKFLOW_VERSION.VERSION));
    out.put("workspace", row.get(WORKFLOW_VERSION.WORKSPACE));
    out.put("artifactDigest", row.get(WORKFLOW_VERSION.ARTIFACT_DIGEST));
    out.put("manifestDigest", row.get(WORKFLOW_VERSION.MANIFEST_DIGEST));
    out.put("signingKeyId", row.get(WORKFLOW_VERSION.SIGNING_KEY_ID));
    out.put("author", row.get(WORKFLOW_VERSION.AUTHOR));
    out.put("publishedAt", row.get(WORKFLOW_VERSION.PUBLISHED_AT));
    Optional.ofNullable(row.get(WORKFLOW_VERSION.REFUSED_REASON))
        .ifPresent(reason -> out.put("refusedReason", reason));
    out.put("position", row.get(WORKFLOW_VERSION.POSITION));
    return out;
  }
}
