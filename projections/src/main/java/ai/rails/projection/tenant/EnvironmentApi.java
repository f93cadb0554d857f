package ai.rails.projection.tenant;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

import org.jooq.DSLContext;

import ai.rails.domain.EntryType;
import ai.rails.domain.tenant.EnvironmentKind;
import ai.rails.domain.tenant.TenantEvent.EnvironmentDeclared;
import ai.rails.domain.tenant.TenantEvent.EnvironmentProposed;
import ai.rails.platform.http.Access;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Route;
import ai.rails.projection.feed.Views;
import ai.rails.projection.tenant.TenantLog.Told;
import ai.rails.schema.EventCodec;

import static ai.rails.projection.jooq.generated.Tables.RUN;

/// `GET /v1/environments`: those that were declared or proposed, and those that runs were in.
public final class EnvironmentApi {
  private static final int MOST = 200;

  private final Views views;
  private final TenantLog log;

  public EnvironmentApi(Views views, EventCodec events) {
    this.views = views;
    this.log = new TenantLog(events);
  }

  public List<Route> routes() {
    return List.of(
        new Route(
            "GET",
            "/v1/environments",
            Label.EVENTUAL,
            Access.anyRole(),
            request -> views.answer(request, sql -> list(sql, request))));
  }

  private Object list(DSLContext sql, Request request) {
    String tenant = request.principal().tenant();
    Map<String, Map<String, Object>> items = new TreeMap<>();
    sql.selectDistinct(RUN.ENVIRONMENT)
        .from(RUN)
        .where(RUN.TENANT.eq(tenant))
        .orderBy(RUN.ENVIRONMENT)
        .limit(MOST)
        .forEach(row ->
            items.put(
                row.value1(), shown(row.value1(), EnvironmentKind.named(row.value1()), "NAMED")));
    log.of(sql, tenant, EntryType.ENVIRONMENT_PROPOSED, EntryType.ENVIRONMENT_DECLARED)
        .forEach(told -> fold(told, items));
    return Map.of("items", List.copyOf(items.values()));
  }

  private static void fold(Told told, Map<String, Map<String, Object>> items) {
    switch (told.event()) {
      case EnvironmentProposed e -> {
        Map<String, Object> item =
            shown(e.environmentId(), EnvironmentKind.named(e.environmentId()), "PROPOSED");
        item.put("proposedKind", word(e.kind()));
        item.put("proposedBy", e.by());
        items.put(e.environmentId(), item);
      }
      case EnvironmentDeclared e -> {
        Map<String, Object> item = shown(e.environmentId(), e.kind(), "DECLARED");
        item.put("declaredBy", e.by());
        e.proposedBy().ifPresent(by -> item.put("proposedBy", by));
        item.put("declaredAt", told.recordedAt());
        items.put(e.environmentId(), item);
      }
      default -> throw new IllegalStateException("no entry about environments: " + told);
    }
  }

  private static Map<String, Object> shown(String name, EnvironmentKind kind, String state) {
    Map<String, Object> item = new LinkedHashMap<>();
    item.put("environment", name);
    item.put("kind", word(kind));
    item.put("needsRelease", kind.needsRelease());
    item.put("state", state);
    return item;
  }

  private static String word(EnvironmentKind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }
}
