package ai.rails.command.policy;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import ai.rails.command.http.Workspaces;
import ai.rails.command.policy.PolicyBundles.Published;
import ai.rails.domain.Actor;
import ai.rails.domain.Header;
import ai.rails.platform.http.Access;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Principal;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Role;
import ai.rails.platform.http.Route;
import ai.rails.platform.postgres.Database;

/// What a tenant grants, and the bundles for the policy sidecar.
public final class PolicyApi {
  private static final int MAX_DATA_BYTES = 512 << 10;
  private static final String SUFFIX = ".tar.gz";
  private static final String BEARER = "Bearer ";

  private final TenantPolicy policy;
  private final PolicyBundles bundles;
  private final Database database;
  private final byte[] sidecarToken;

  /// @param sidecarToken what the sidecar shows to get its bundles
  public PolicyApi(
      TenantPolicy policy, PolicyBundles bundles, Database database, String sidecarToken) {
    this.policy = policy;
    this.bundles = bundles;
    this.database = database;
    this.sidecarToken = (BEARER + sidecarToken).getBytes(StandardCharsets.UTF_8);
  }

  public List<Route> routes() {
    return List.of(
        new Route(
            "PUT",
            "/v1/policy-data",
            Label.STRONG,
            Access.roles(Role.ADMIN),
            this::put,
            MAX_DATA_BYTES),
        new Route(
            "GET",
            "/policy/v1/bundles/{bundle}",
            Label.STRONG,
            Access.open("the policy sidecar shows a token of its own; bundles are signed"),
            this::bundle));
  }

  private Answer put(Request request) {
    request.requireType(Answer.JSON);
    Principal principal = request.principal();
    Published published =
        policy.publish(
            principal.tenant(), request.body(), new Actor(Actor.Kind.USER, principal.subject()));
    long position =
        database.inTransaction(connection ->
            Workspaces.position(connection, principal.tenant(), Header.TENANT_WORKSPACE));
    return Answer.ok(
        Map.of(
            "bundle", published.bundle(),
            "revision", published.revision(),
            "contentSha256", published.contentSha256(),
            "position", position));
  }

  private Answer bundle(Request request) {
    byte[] shown = request.header("Authorization").orElse("").getBytes(StandardCharsets.UTF_8);
    if (!MessageDigest.isEqual(shown, sidecarToken)) {
      throw new Problem(401, "UNAUTHENTICATED", "only the policy sidecar gets bundles");
    }
    String file = request.path("bundle");
    if (!file.endsWith(SUFFIX)) {
      throw Problem.notFound("the bundle");
    }
    Optional<String> known = request.header("If-None-Match");
    BundleResponse response =
        bundles.get(
            file.substring(0, file.length() - SUFFIX.length()),
            known,
            PolicyBundles.waitOf(request.header("Prefer")));
    Answer answer =
        Answer.bytes(
            response.status(),
            response.headers().getOrDefault("Content-Type", ""),
            response.body());
    for (Map.Entry<String, String> header : response.headers().entrySet()) {
      answer =
          header.getKey().equals("Content-Type")
              ? answer
              : answer.header(header.getKey(), header.getValue());
    }
    return answer;
  }
}
