package ai.rails.projection.tenant;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import org.jooq.DSLContext;

import ai.rails.domain.EntryType;
import ai.rails.domain.tenant.TenantEvent.TenantCreated;
import ai.rails.domain.tenant.TenantEvent.TenantKeyDestroyed;
import ai.rails.domain.tenant.TenantEvent.TenantOffboarded;
import ai.rails.domain.tenant.TenantEvent.WorkspaceCreated;
import ai.rails.platform.http.Access;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Handler;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Principal;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Role;
import ai.rails.platform.http.Route;
import ai.rails.projection.Filter;
import ai.rails.projection.feed.Views;
import ai.rails.projection.tenant.TenantLog.Told;
import ai.rails.schema.EventCodec;

/// `GET /v1/tenants/{tenant}` and `GET /v1/workspaces/{ws}`: what came of creating them. A tenant's
/// own log is short, so it is read each time.
public final class TenantApi {
  private final Views views;
  private final TenantLog log;

  public TenantApi(Views views, EventCodec events) {
    this.views = views;
    this.log = new TenantLog(events);
  }

  public List<Route> routes() {
    return List.of(
        new Route("GET", "/v1/me", Label.STRONG, Access.anyRole(), TenantApi::me),
        get(
            "/v1/tenants/{tenant}",
            r -> {
              String tenant = Filter.path(r, "tenant");
              return views.answer(tenant, r, Filter.query(r, "workspace"), sql -> one(sql, tenant));
            }),
        get("/v1/workspaces/{ws}", r -> views.answer(r, sql -> workspace(sql, r))));
  }

  /// Who the caller is to us: a provider's token says neither the tenant nor our name of a person.
  private static Answer me(Request request) {
    Principal principal = request.principal();
    return Answer.ok(
        Map.of(
            "tenant", principal.tenant(),
            "subject", principal.subject(),
            "roles", principal.roles().stream().map(Role::word).sorted().toList()));
  }

  private static Route get(String path, Handler handler) {
    return new Route("GET", path, Label.EVENTUAL, Access.anyRole(), handler);
  }

  private Map<String, Object> one(DSLContext sql, String tenant) {
    Map<String, Object> out = new LinkedHashMap<>();
    List<Map<String, Object>> workspaces = new ArrayList<>();
    log.of(
            sql,
            tenant,
            EntryType.TENANT_CREATED,
            EntryType.TENANT_PROVISIONED,
            EntryType.TENANT_OFFBOARDED,
            EntryType.TENANT_KEY_DESTROYED,
            EntryType.WORKSPACE_CREATED)
        .forEach(told -> fold(told, out, workspaces));
    if (out.isEmpty()) {
      throw Problem.notFound("tenant " + tenant);
    }
    out.put("workspaces", workspaces);
    return out;
  }

  private static void fold(
      Told told, Map<String, Object> tenant, List<Map<String, Object>> workspaces) {
    switch (told.event()) {
      case TenantCreated created -> {
        tenant.put("tenant", created.tenant());
        tenant.put("region", created.region());
        tenant.put("cell", created.cell());
        tenant.put("status", "PROVISIONING");
        tenant.put("createdAt", told.recordedAt());
      }
      case WorkspaceCreated created -> {
        Map<String, Object> workspace = new LinkedHashMap<>();
        workspace.put("workspace", created.workspaceId());
        workspace.put("createdAt", told.recordedAt());
        workspaces.add(workspace);
      }
      case TenantOffboarded _ -> tenant.put("status", "OFFBOARDED");
      case TenantKeyDestroyed destroyed -> tenant.put("destroyedKey", destroyed.kek());
      default -> tenant.put("status", "ACTIVE");
    }
    tenant.put("position", told.position());
  }

  private Object workspace(DSLContext sql, Request request) {
    String asked = Filter.path(request, "ws");
    Object workspaces = one(sql, request.principal().tenant()).get("workspaces");
    if (workspaces instanceof List<?> all) {
      for (Object each : all) {
        if (each instanceof Map<?, ?> workspace && asked.equals(workspace.get("workspace"))) {
          return workspace;
        }
      }
    }
    throw Problem.notFound("workspace " + asked);
  }
}
