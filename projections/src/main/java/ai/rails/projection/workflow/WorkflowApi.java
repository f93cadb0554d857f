package ai.rails.projection.workflow;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jooq.Result;
import org.jooq.impl.DSL;

import ai.rails.domain.EntryType;
import ai.rails.domain.workflow.WorkflowEvent.ReleaseApproved;
import ai.rails.domain.workflow.WorkflowEvent.ReleaseWithdrawn;
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
import ai.rails.schema.EventCodec;

import static ai.rails.projection.jooq.generated.Tables.ENTRY;
import static ai.rails.projection.jooq.generated.Tables.WORKFLOW_VERSION;

/// `GET /v1/workflows`: which versions are published, and who let them run where. Releases are few
/// and are read from the ledger.
public final class WorkflowApi {
  private final Views views;
  private final EventCodec events;

  public WorkflowApi(Views views, EventCodec events) {
    this.views = views;
    this.events = events;
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

  private Object all(DSLContext sql, Request request) {
    Condition where = WORKFLOW_VERSION.TENANT.eq(request.principal().tenant());
    where = Filter.by(where, request, "workspace", WORKFLOW_VERSION.WORKSPACE);
    return versions(sql, request, Filter.by(where, request, "workflow", WORKFLOW_VERSION.WORKFLOW));
  }

  private Object one(DSLContext sql, Request request) {
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

  private Object versions(DSLContext sql, Request request, Condition wanted) {
    Page page = Page.asked(request, 2);
    Condition where = wanted;
    if (page.after().isPresent()) {
      Cursor after = page.after().get();
      where =
          where.and(
              DSL.row(WORKFLOW_VERSION.WORKFLOW, WORKFLOW_VERSION.VERSION)
                  .gt(after.text(0), after.text(1)));
    }
    Result<?> rows =
        sql.selectFrom(WORKFLOW_VERSION)
            .where(where)
            .orderBy(WORKFLOW_VERSION.WORKFLOW, WORKFLOW_VERSION.VERSION)
            .limit(page.fetch())
            .fetch();
    Map<String, Map<String, Map<String, Object>>> releases =
        releases(
            sql,
            request.principal().tenant(),
            Set.copyOf(rows.getValues(WORKFLOW_VERSION.WORKFLOW)));
    return page.of(rows.map(row -> shown(row, releases)), "workflow", "version");
  }

  /// Workflow and version to the environments that it is released for now: the last release of each
  /// that was not taken back.
  private Map<String, Map<String, Map<String, Object>>> releases(
      DSLContext sql, String tenant, Set<String> workflows) {
    Map<String, Map<String, Map<String, Object>>> all = new HashMap<>();
    sql.select(ENTRY.EVENT, ENTRY.RECORDED_AT)
        .from(ENTRY)
        .where(
            ENTRY.TENANT.eq(tenant),
            ENTRY.STREAM_TYPE.eq("Workflow"),
            ENTRY.STREAM_ID.in(workflows),
            ENTRY.ENTRY_TYPE.in(
                EntryType.RELEASE_APPROVED.name(), EntryType.RELEASE_WITHDRAWN.name()))
        .orderBy(ENTRY.POSITION)
        .forEach(row -> {
          switch (events.decode(row.value1()).event()) {
            case ReleaseApproved release -> {
              Map<String, Object> shown = new LinkedHashMap<>();
              shown.put("environment", release.environment());
              shown.put("approver", release.approver());
              shown.put("approvedAt", row.value2());
              all.computeIfAbsent(key(release.workflow(), release.version()), _ -> new TreeMap<>())
                  .put(release.environment(), shown);
            }
            case ReleaseWithdrawn gone ->
                all.getOrDefault(key(gone.workflow(), gone.version()), new TreeMap<>())
                    .remove(gone.environment());
            default -> {}
          }
        });
    return all;
  }

  private static String key(String workflow, String version) {
    return workflow + "@" + version;
  }

  private static Map<String, Object> shown(
      Record row, Map<String, Map<String, Map<String, Object>>> releases) {
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
    Map<String, Map<String, Object>> released =
        releases.getOrDefault(
            key(row.get(WORKFLOW_VERSION.WORKFLOW), row.get(WORKFLOW_VERSION.VERSION)), Map.of());
    if (!released.isEmpty()) {
      out.put("releases", List.copyOf(released.values()));
    }
    out.put("position", row.get(WORKFLOW_VERSION.POSITION));
    return out;
  }
}
