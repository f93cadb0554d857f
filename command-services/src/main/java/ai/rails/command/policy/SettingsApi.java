package ai.rails.command.policy;

import java.io.IOException;
import java.util.List;

import ai.rails.platform.http.Access;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Role;
import ai.rails.platform.http.Route;
import ai.rails.platform.json.StrictJson;

/// What owners set without Rego: limits, tiers with their escalations, groups of approvers, pauses,
/// routing of models, templates. To set something is a draft like any other: it is simulated, and
/// another administrator accepts it.
public final class SettingsApi {
  private final TenantPolicy policy;
  private final DraftApi drafts;

  public SettingsApi(TenantPolicy policy, DraftApi drafts) {
    this.policy = policy;
    this.drafts = drafts;
  }

  public List<Route> routes() {
    return List.of(
        new Route(
            "POST",
            "/v1/policy/settings",
            Label.STRONG,
            Access.roles(Role.ADMIN, Role.BUILDER),
            this::propose),
        new Route(
            "GET",
            "/policy/v1/settings",
            Label.STRONG,
            Access.roles(Role.ADMIN, Role.BUILDER, Role.AUDITOR),
            this::inEffect));
  }

  private Answer propose(Request request) {
    OwnerSettings asked = request.json(OwnerSettings.class);
    if (asked.changesNothing()) {
      throw Problem.invalid("give at least one section of settings");
    }
    String tenant = request.principal().tenant();
    byte[] data =
        policy.preview(
            tenant,
            now -> {
              SettingsData.write(asked, now.tree());
              return now;
            });
    return drafts.propose(
        request,
        data,
        asked.version().map(PolicyVersion::parse),
        asked.pauses().isPresent() ? DraftApi.Pauses.ITS_OWN : DraftApi.Pauses.IN_EFFECT);
  }

  private Answer inEffect(Request request) throws IOException {
    byte[] data = policy.preview(request.principal().tenant(), now -> now);
    return Answer.ok(SettingsData.read(StrictJson.read(data)));
  }
}
