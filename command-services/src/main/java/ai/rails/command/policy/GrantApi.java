package ai.rails.command.policy;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import ai.rails.command.http.Workspaces;
import ai.rails.command.http.Writes;
import ai.rails.command.key.ReferenceValues;
import ai.rails.command.policy.PolicyBundles.Published;
import ai.rails.command.workflow.ActiveWorkflows;
import ai.rails.domain.Header;
import ai.rails.domain.Limits;
import ai.rails.domain.workflow.Artifacts;
import ai.rails.domain.workflow.Workflow;
import ai.rails.domain.workflow.Workflow.ConnectorPin;
import ai.rails.platform.http.Access;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Role;
import ai.rails.platform.http.Route;
import ai.rails.platform.postgres.Database;

/// What a workflow's active version may do. Without a grant it may do nothing.
public final class GrantApi {
  private static final int MAX_ACTIONS = 64;

  private final Writes writes;
  private final Database database;
  private final Artifacts artifacts;
  private final TenantPolicy policy;
  private final ReferenceValues images;
  private final Optional<DraftApi> drafts;

  /// @param images which workers a granted version may have
  /// @param drafts where grants need a second administrator; empty where one is enough
  public GrantApi(
      Writes writes,
      Database database,
      Artifacts artifacts,
      TenantPolicy policy,
      ReferenceValues images,
      Optional<DraftApi> drafts) {
    this.writes = writes;
    this.database = database;
    this.artifacts = artifacts;
    this.policy = policy;
    this.images = images;
    this.drafts = drafts;
  }

  /// `PUT /v1/workspaces/{ws}/workflows/{id}/grants`: what it may do in an environment from now on,
  /// or once another administrator agrees.
  public record Grants(String environment, List<Action> actions) {}

  /// One granted action.
  ///
  /// @param connector alias in the workflow
  /// @param allowed disclosed parameter to the values it may have; absent means any
  public record Action(
      String connector, String action, Optional<Map<String, List<String>>> allowed) {}

  public List<Route> routes() {
    return List.of(
        new Route(
            "PUT",
            "/v1/workspaces/{ws}/workflows/{id}/grants",
            Label.STRONG,
            Access.roles(Role.ADMIN),
            this::grant));
  }

  private Answer grant(Request request) {
    String tenant = request.principal().tenant();
    String id = Limits.requireId("workflow", request.path("id"));
    Grants asked = request.json(Grants.class);
    String environment = ActiveWorkflows.requireEnvironment(asked.environment());
    if (asked.actions().size() > MAX_ACTIONS) {
      throw Problem.invalid("a workflow is granted at most %d actions".formatted(MAX_ACTIONS));
    }
    ActiveWorkflows.Active active =
        database.inTenant(
            tenant, connection -> ActiveWorkflows.find(connection, tenant, id, environment));
    Workflow workflow = artifacts.load(tenant, active.digest());
    List<Grant> grants =
        asked.actions().stream()
            .map(action -> grant(workflow, action, environment, active.digest()))
            .toList();
    if (drafts.isPresent()) {
      return drafts
          .get()
          .propose(
              request,
              policy.preview(tenant, all -> changed(all, grants, environment, active.digest())));
    }
    Published published =
        policy.publish(
            writes.context(request, Header.TENANT_WORKSPACE),
            all -> changed(all, grants, environment, active.digest()));
    long position =
        database.inTenant(
            tenant, connection -> Workspaces.position(connection, tenant, Header.TENANT_WORKSPACE));
    return Answer.ok(
        Map.of(
            "bundle",
            published.bundle(),
            "revision",
            published.revision(),
            "contentSha256",
            published.contentSha256(),
            "position",
            position));
  }

  private TenantGrants changed(
      TenantGrants all, List<Grant> grants, String environment, String digest) {
    grants.forEach(all::allow);
    return all.admitWorkers(environment, images.kinds(), images.measurements(), digest);
  }

  private static Grant grant(
      Workflow workflow, Action action, String environment, String artifactDigest) {
    ConnectorPin pin =
        Optional.ofNullable(workflow.connectors().get(action.connector()))
            .orElseThrow(() ->
                Problem.invalid(
                    "workflow %s has no connector %s"
                        .formatted(workflow.id(), action.connector())));
    Map<String, ParamRule> rules = new TreeMap<>();
    action
        .allowed()
        .orElse(Map.of())
        .forEach(
            (name, values) -> rules.put(name, new ParamRule.OneOf(List.copyOf(values), false)));
    return Grant.of(
            pin.connector(),
            Limits.requireId("action", action.action()),
            pin.digest(),
            List.of(environment),
            List.of(artifactDigest))
        .withParams(rules);
  }
}
