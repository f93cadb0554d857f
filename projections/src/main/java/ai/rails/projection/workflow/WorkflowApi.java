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
    Handler list = r -> views.answer(r, sql -> list(sql, r));
    return List.of(new Route("GET", "/v1/workflows", Label.EVENTUAL, Access.anyRole(), list));
  }

  private static Object list(DSLContext sql, Request request) {
    Page page = Page.asked(request, 2);
    Condition where = WORKFLOW_VERSION.TENANT.eq(request.principal().tenant());
    where = Filter.by(where, request, "workspace", WORKFLOW_VERSION.WORKSPACE);
    where = Filter.by(where, request, "workflow", WORKFLOW_VERSION.WORKFLOW);
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
