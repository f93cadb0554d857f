package ai.rails.command.tenant;

import java.util.List;
import java.util.Locale;
import java.util.Map;

import ai.rails.command.http.Draft;
import ai.rails.command.http.Writes;
import ai.rails.domain.Header;
import ai.rails.domain.tenant.EnvironmentKind;
import ai.rails.domain.tenant.Tenant;
import ai.rails.domain.tenant.TenantCommand.DeclareEnvironment;
import ai.rails.platform.http.Access;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Role;
import ai.rails.platform.http.Route;

/// Saying what environments are for. One that nobody declared counts as what its name says.
public final class EnvironmentApi {
  private final Writes writes;

  public EnvironmentApi(Writes writes) {
    this.writes = writes;
  }

  /// `POST /v1/environments`.
  ///
  /// @param kind `development`, `staging` or `production`
  public record NewEnvironment(String environment, String kind) {}

  public List<Route> routes() {
    return List.of(
        new Route(
            "POST", "/v1/environments", Label.STRONG, Access.roles(Role.ADMIN), this::declare));
  }

  private Answer declare(Request request) {
    NewEnvironment asked = request.json(NewEnvironment.class);
    String tenant = request.principal().tenant();
    String by = request.principal().subject();
    EnvironmentKind kind = kind(asked.kind());
    Tenant now = writes.bus().load(tenant, TenantEntity.TYPE, tenant);
    boolean waits = now.waits(asked.environment(), kind, by);
    return writes.once(
        request,
        writes.context(request, Header.TENANT_WORKSPACE),
        Draft.accepted(
            "/v1/environments",
            Map.of(
                "environment", asked.environment(),
                "kind", kind.name().toLowerCase(Locale.ROOT),
                "state", waits ? "PROPOSED" : "DECLARED")),
        TenantEntity.TYPE,
        new DeclareEnvironment(tenant, asked.environment(), kind, by));
  }

  private static EnvironmentKind kind(String word) {
    for (EnvironmentKind kind : EnvironmentKind.values()) {
      if (kind.name().toLowerCase(Locale.ROOT).equals(word)) {
        return kind;
      }
    }
    throw Problem.invalid("kind is development, staging or production");
  }
}
