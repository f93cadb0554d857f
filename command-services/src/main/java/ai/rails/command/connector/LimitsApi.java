package ai.rails.command.connector;

import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

import ai.rails.command.flow.FlowView;
import ai.rails.platform.http.Access;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Route;
import ai.rails.platform.postgres.Database;

/// `GET /v1/connector-limits`: which instances calls are held back from, and why.
public final class LimitsApi {
  private final Database database;
  private final InstantSource clock;

  public LimitsApi(Database database, InstantSource clock) {
    this.database = database;
    this.clock = clock;
  }

  public List<Route> routes() {
    return List.of(
        new Route("GET", "/v1/connector-limits", Label.STRONG, Access.anyRole(), this::list));
  }

  private Answer list(Request request) {
    Instant now = clock.instant();
    List<Map<String, Object>> items =
        database
            .inTenant(
                request.principal().tenant(),
                c -> FlowView.all(c, request.principal().tenant(), now))
            .stream()
            .map(LimitsApi::item)
            .toList();
    return Answer.ok(Map.of("items", items));
  }

  private static Map<String, Object> item(FlowView view) {
    Map<String, Object> item = new LinkedHashMap<>();
    item.put("instance", view.instance());
    item.put("workspace", view.workspace());
    item.put("breaker", view.breaker());
    item.put("failures", view.failures());
    item.put("opened", view.opened());
    item.put("inFlight", view.inFlight());
    if (!view.code().isEmpty()) {
      item.put("code", view.code());
    }
    view.openUntil().ifPresent(until -> item.put("openUntil", until.toEpochMilli()));
    view.notBefore().ifPresent(until -> item.put("notBefore", until.toEpochMilli()));
    return item;
  }
}
