package ai.rails.command.privacy;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

import ai.rails.command.CommandContext;
import ai.rails.command.http.Draft;
import ai.rails.command.http.Workspaces;
import ai.rails.command.http.Writes;
import ai.rails.command.run.RunPlace;
import ai.rails.domain.Header;
import ai.rails.domain.Limits;
import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.domain.privacy.LegalHoldCommand.PlaceHold;
import ai.rails.domain.privacy.LegalHoldCommand.ReleaseHold;
import ai.rails.domain.privacy.LegalHoldEvent.Scope;
import ai.rails.platform.http.Access;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Role;
import ai.rails.platform.http.Route;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Sql;

/// Placing and releasing legal holds: acts of the tenant, in its own log.
final class HoldApi {
  private static final String ERASED =
      "SELECT erased_at IS NOT NULL FROM run_index WHERE tenant = ? AND run = ?";

  private final Writes writes;
  private final Database database;

  HoldApi(Writes writes, Database database) {
    this.writes = writes;
    this.database = database;
  }

  /// `POST /v1/holds`.
  ///
  /// @param target id of a run or workspace, or a data subject's pseudonym
  /// @param reason a code, not a text: it stays in the clear for ever
  record NewHold(Scope scope, String target, String reason) {}

  List<Route> routes() {
    Access access = Access.roles(Role.ADMIN, Role.PRIVACY);
    return List.of(
        new Route("POST", "/v1/holds", Label.STRONG, access, this::place),
        new Route("DELETE", "/v1/holds/{hold}", Label.STRONG, access, this::release));
  }

  private Answer place(Request request) {
    NewHold asked = request.json(NewHold.class);
    String tenant = request.principal().tenant();
    String hold = writes.newId();
    requireTarget(tenant, asked.scope(), Limits.requireId("target", asked.target()));
    CommandContext context =
        writes
            .context(request, Header.TENANT_WORKSPACE)
            .with(c -> {
              Holds.lockAlone(c, tenant);
              requireContent(c, tenant, asked);
              Holds.place(c, tenant, hold, asked.scope(), asked.target());
            });
    return writes.once(
        request,
        context,
        Draft.created(
            "/v1/holds/" + hold,
            Map.of("hold", hold, "scope", asked.scope(), "target", asked.target())),
        LegalHoldEntity.TYPE,
        new PlaceHold(tenant, hold, asked.scope(), asked.target(), asked.reason()));
  }

  private Answer release(Request request) {
    String tenant = request.principal().tenant();
    String hold = Limits.requireId("hold", request.path("hold"));
    String reason =
        request
            .query("reason")
            .orElseThrow(() -> Problem.invalid("say why with ?reason=CODE, like CASE_CLOSED"));
    return writes.give(
        writes
            .context(request, Header.TENANT_WORKSPACE)
            .with(c -> {
              Holds.lockAlone(c, tenant);
              Holds.release(c, tenant, hold);
            }),
        Draft.ok(Map.of("hold", hold, "released", true)),
        LegalHoldEntity.TYPE,
        new ReleaseHold(tenant, hold, reason));
  }

  /// Whether there is what is to be held. About a person there may be nothing yet.
  private void requireTarget(String tenant, Scope scope, String target) {
    switch (scope) {
      case RUN -> {
        RunPlace _ =
            database
                .inTenant(tenant, c -> RunPlace.find(c, tenant, target))
                .orElseThrow(() -> new Refused(Code.NOT_FOUND, "there is no run " + target));
      }
      case SUBJECT -> {}
      case WORKSPACE -> {
        long _ = database.inTenant(tenant, c -> Workspaces.position(c, tenant, target));
      }
    }
  }

  private static void requireContent(Connection c, String tenant, NewHold asked)
      throws SQLException {
    if (asked.scope() == Scope.RUN
        && Sql.one(c, ERASED, row -> row.getBoolean(1), tenant, asked.target()).orElse(false)) {
      throw new Refused(
          Code.RUN_ERASED,
          "run %s was erased before; there is no content left to hold".formatted(asked.target()));
    }
  }
}
