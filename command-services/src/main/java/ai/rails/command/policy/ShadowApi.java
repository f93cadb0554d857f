package ai.rails.command.policy;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import ai.rails.command.http.Draft;
import ai.rails.command.http.Writes;
import ai.rails.command.policy.ShadowRows.Shadow;
import ai.rails.domain.Actor;
import ai.rails.domain.Header;
import ai.rails.domain.Limits;
import ai.rails.platform.http.Access;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Role;
import ai.rails.platform.http.Route;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Sql;

/// Asks a draft about live traffic for some hours before anybody accepts it. Nothing that it says
/// is enforced.
public final class ShadowApi {
  private static final int MOST_HOURS = 168;

  private final Writes writes;
  private final Database database;
  private final Optional<Shadows> shadows;

  ShadowApi(Writes writes, Database database, Optional<Shadows> shadows) {
    this.writes = writes;
    this.database = database;
    this.shadows = shadows;
  }

  /// `POST /v1/policy/drafts/{id}/shadow`.
  ///
  /// @param hours 1 to 168
  public record NewShadow(int hours) {}

  public List<Route> routes() {
    Access authors = Access.roles(Role.ADMIN, Role.BUILDER);
    return List.of(
        new Route("POST", "/v1/policy/drafts/{id}/shadow", Label.STRONG, authors, this::start),
        new Route("DELETE", "/v1/policy/shadows/{id}", Label.STRONG, authors, this::end),
        new Route(
            "GET",
            "/policy/v1/shadows/{id}",
            Label.STRONG,
            Access.roles(Role.ADMIN, Role.BUILDER, Role.AUDITOR),
            this::report));
  }

  private Answer start(Request request) {
    String tenant = request.principal().tenant();
    int hours = request.json(NewShadow.class).hours();
    if (hours < 1 || hours > MOST_HOURS) {
      throw Problem.invalid("hours is 1 to " + MOST_HOURS);
    }
    shadows
        .orElseThrow(
            () -> new Problem(503, "UNAVAILABLE", "no OPA was configured for shadows (opa.binary)"))
        .requirePlace(tenant);
    String draft = Limits.requireId("draft", request.path("id"));
    Shadow shadow =
        database
            .inTenant(
                tenant,
                c ->
                    Sql.one(
                        c,
                        """
                        SELECT content_sha256, data FROM policy_draft
                         WHERE tenant = ? AND draft = ? AND state = 'OPEN'\
                        """,
                        row ->
                            new Shadow(
                                tenant,
                                writes.newId(),
                                row.getString(1),
                                row.getBytes(2),
                                request.principal().subject(),
                                "",
                                false,
                                false),
                        tenant,
                        draft))
            .orElseThrow(() -> Problem.notFound("open draft " + draft));
    return writes.once(
        request,
        writes
            .context(request, Header.TENANT_WORKSPACE)
            .with(c -> ShadowRows.start(c, shadow, hours)),
        Draft.created(
            "/policy/v1/shadows/" + shadow.shadow(),
            Map.of("shadow", shadow.shadow(), "hours", hours)),
        PolicyBundleEntity.TYPE,
        Shadows.noted(
            shadow,
            Map.of("schema", "airails.policy_shadow/1", "draft", draft, "state", "STARTED"),
            request.principal().subject()));
  }

  private Answer end(Request request) {
    Shadow shadow = find(request);
    if (shadow.ended()) {
      throw new Problem(409, "SHADOW_ENDED", "the shadow has ended");
    }
    return Answer.ok(
        shadows
            .orElseThrow(() -> new Problem(503, "UNAVAILABLE", "no OPA was configured"))
            .end(shadow, new Actor(Actor.Kind.USER, request.principal().subject())));
  }

  private Answer report(Request request) {
    Shadow shadow = find(request);
    return Answer.ok(database.inTenant(shadow.tenant(), c -> ShadowRows.report(c, shadow)));
  }

  private Shadow find(Request request) {
    String tenant = request.principal().tenant();
    String id = Limits.requireId("shadow", request.path("id"));
    return database
        .inTenant(tenant, c -> ShadowRows.find(c, tenant, id))
        .orElseThrow(() -> Problem.notFound("shadow " + id));
  }
}
