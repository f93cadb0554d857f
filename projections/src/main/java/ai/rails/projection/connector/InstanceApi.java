package ai.rails.projection.connector;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Record;

import ai.rails.platform.http.Access;
import ai.rails.platform.http.Handler;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Route;
import ai.rails.projection.Filter;
import ai.rails.projection.Page;
import ai.rails.projection.feed.Views;

import static ai.rails.projection.jooq.generated.Tables.CONNECTOR_INSTANCE;

/// `GET /v1/connector-instances`: which connectors are configured, and against which hosts.
public final class InstanceApi {
  private final Views views;

  public InstanceApi(Views views) {
    this.views = views;
  }

  public List<Route> routes() {
    return List.of(
        get("/v1/connector-instances", r -> views.answer(r, sql -> list(sql, r))),
        get(
            "/v1/workspaces/{ws}/connector-instances/{instance}",
            r -> views.answer(r, Optional.of(Filter.path(r, "ws")), sql -> one(sql, r))));
  }

  private static Route get(String path, Handler handler) {
    return new Route("GET", path, Label.EVENTUAL, Access.anyRole(), handler);
  }

  private static Object one(DSLContext sql, Request request) {
    String instance = Filter.path(request, "instance");
    return sql.selectFrom(CONNECTOR_INSTANCE)
        .where(
            CONNECTOR_INSTANCE.TENANT.eq(request.principal().tenant()),
            CONNECTOR_INSTANCE.WORKSPACE.eq(Filter.path(request, "ws")),
            CONNECTOR_INSTANCE.INSTANCE.eq(instance))
        .fetchOptional(InstanceApi::shown)
        .orElseThrow(() -> Problem.notFound("connector instance " + instance));
  }

  private static Object list(DSLContext sql, Request request) {
    Page page = Page.asked(request, 1);
    Condition where = CONNECTOR_INSTANCE.TENANT.eq(request.principal().tenant());
    where = Filter.by(where, request, "workspace", CONNECTOR_INSTANCE.WORKSPACE);
    where = Filter.by(where, request, "connector", CONNECTOR_INSTANCE.CONNECTOR);
    if (page.after().isPresent()) {
      where = where.and(CONNECTOR_INSTANCE.INSTANCE.gt(page.after().get().text(0)));
    }
    return page.of(
        sql.selectFrom(CONNECTOR_INSTANCE)
            .where(where)
            .orderBy(CONNECTOR_INSTANCE.INSTANCE)
            .limit(page.fetch())
            .fetch(InstanceApi::shown),
        "instance");
  }

  private static Map<String, Object> shown(Record row) {
    Map<String, Object> out = new LinkedHashMap<>();
    out.put("instance", row.get(CONNECTOR_INSTANCE.INSTANCE));
    out.put("workspace", row.get(CONNECTOR_INSTANCE.WORKSPACE));
    out.put("connector", row.get(CONNECTOR_INSTANCE.CONNECTOR));
    out.put("connectorDigest", row.get(CONNECTOR_INSTANCE.CONNECTOR_DIGEST));
    out.put("host", row.get(CONNECTOR_INSTANCE.HOST));
    out.put("port", row.get(CONNECTOR_INSTANCE.PORT));
    out.put("createdAt", row.get(CONNECTOR_INSTANCE.CREATED_AT));
    Optional.ofNullable(row.get(CONNECTOR_INSTANCE.CREDENTIAL_AT))
        .ifPresent(at -> out.put("credentialAt", at));
    out.put("position", row.get(CONNECTOR_INSTANCE.POSITION));
    return out;
  }
}
