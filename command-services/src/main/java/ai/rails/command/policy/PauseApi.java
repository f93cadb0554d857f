package ai.rails.command.policy;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.command.http.Workspaces;
import ai.rails.command.http.Writes;
import ai.rails.command.policy.PolicyBundles.Published;
import ai.rails.domain.Header;
import ai.rails.domain.Limits;
import ai.rails.domain.policy.PolicyBundleCommand.LiftPause;
import ai.rails.domain.policy.PolicyBundleCommand.PlacePause;
import ai.rails.domain.policy.PolicyBundleEvent.PauseScope;
import ai.rails.platform.http.Access;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Role;
import ai.rails.platform.http.Route;
import ai.rails.platform.json.StrictJson;
import ai.rails.platform.postgres.Database;

/// The kill switch: one person stops a tenant, a workflow, a tool, a connector or a model at once;
/// an administrator lets it go on. What is stopped waits and does not fail.
public final class PauseApi {
  private static final String PATH = "/v1/policy/pauses/{scope}/{target}";

  private final Writes writes;
  private final Database database;
  private final TenantPolicy policy;

  public PauseApi(Writes writes, Database database, TenantPolicy policy) {
    this.writes = writes;
    this.database = database;
    this.policy = policy;
  }

  /// `PUT /v1/policy/pauses/{scope}/{target}`.
  ///
  /// @param code why, for example `incident`
  public record Pause(String code) {}

  public List<Route> routes() {
    return List.of(
        new Route("PUT", PATH, Label.STRONG, Access.roles(Role.OPERATOR, Role.ADMIN), this::place),
        new Route("DELETE", PATH, Label.STRONG, Access.roles(Role.ADMIN), this::lift),
        new Route("GET", "/policy/v1/pauses", Label.STRONG, Access.anyRole(), this::list));
  }

  private Answer place(Request request) {
    PauseScope scope = scope(request);
    String target = target(request, scope);
    String code = request.json(Pause.class).code();
    Published published =
        policy.publish(
            writes.context(request, Header.TENANT_WORKSPACE),
            grants -> grants.pause(scope, target, code),
            publication ->
                new PlacePause(
                    publication.bundle(),
                    scope,
                    target,
                    code,
                    request.principal().subject(),
                    publication),
            _ -> {});
    return answer(request, scope, target, published);
  }

  private Answer lift(Request request) {
    PauseScope scope = scope(request);
    String target = target(request, scope);
    Published published =
        policy.publish(
            writes.context(request, Header.TENANT_WORKSPACE),
            grants -> grants.resume(scope, target),
            publication ->
                new LiftPause(
                    publication.bundle(),
                    scope,
                    target,
                    request.principal().subject(),
                    publication),
            _ -> {});
    return answer(request, scope, target, published);
  }

  private Answer list(Request request) throws IOException {
    byte[] data = policy.preview(request.principal().tenant(), grants -> grants);
    JsonNode pauses = StrictJson.read(data).path("pauses");
    return Answer.ok(Map.of("pauses", pauses.isObject() ? pauses : Map.of()));
  }

  private Answer answer(Request request, PauseScope scope, String target, Published published) {
    long position =
        database.inTenant(
            request.principal().tenant(),
            c -> Workspaces.position(c, request.principal().tenant(), Header.TENANT_WORKSPACE));
    return Answer.ok(
        Map.of(
            "scope",
            scope.name(),
            "target",
            target,
            "revision",
            published.revision(),
            "position",
            position));
  }

  private static PauseScope scope(Request request) {
    String word = request.path("scope").toUpperCase(java.util.Locale.ROOT);
    return Arrays.stream(PauseScope.values())
        .filter(scope -> scope.name().equals(word))
        .findFirst()
        .orElseThrow(
            () -> Problem.invalid("a pause is of a tenant, workflow, tool, connector or model"));
  }

  /// A tenant stops itself and no other.
  private static String target(Request request, PauseScope scope) {
    String target = Limits.requireId("target", request.path("target"));
    if (scope == PauseScope.TENANT && !target.equals(request.principal().tenant())) {
      throw Problem.notFound("the tenant");
    }
    return target;
  }
}
