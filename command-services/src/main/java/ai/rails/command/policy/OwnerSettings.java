package ai.rails.command.policy;

import java.util.List;
import java.util.Optional;

/// What owners set without Rego, as the API reads and writes it. A section that is given replaces
/// what stands; one that is left out stays.
///
/// @param limits of disclosed parameters of granted actions
/// @param tiers who approves above which amount, and who when nobody does; the first that matches
/// @param groups of approvers, beside the tenant's roles
/// @param signedRisk risk classes that are approved with a passkey
/// @param maxPerHour how many calls one person may approve in an hour
/// @param pauses what nothing leaves of
/// @param routing which models may answer, and where
/// @param templates ready-made rules for what calls do
/// @param version of the content, SemVer; without one it gets the least that the replay permits
public record OwnerSettings(
    Optional<List<Limit>> limits,
    Optional<List<Tier>> tiers,
    Optional<List<Group>> groups,
    Optional<List<String>> signedRisk,
    Optional<Integer> maxPerHour,
    Optional<List<Pause>> pauses,
    Optional<Routing> routing,
    Optional<List<Template>> templates,
    Optional<String> version) {
  /// Whether no section is given.
  boolean changesNothing() {
    return limits.isEmpty()
        && tiers.isEmpty()
        && groups.isEmpty()
        && signedRisk.isEmpty()
        && maxPerHour.isEmpty()
        && pauses.isEmpty()
        && routing.isEmpty()
        && templates.isEmpty();
  }

  /// What a disclosed parameter may be: one of some values, at most `max`, from `min` to `max`, or,
  /// with none of these, anything that is disclosed.
  ///
  /// @param optional whether the parameter may be missing
  public record Limit(
      String tool,
      String action,
      String param,
      Optional<Long> min,
      Optional<Long> max,
      Optional<List<Object>> values,
      Optional<Boolean> optional) {}

  /// Who approves an action; from an amount on, if one is named.
  public record Tier(
      String tool,
      String action,
      Optional<String> param,
      Optional<Long> atLeast,
      String role,
      int quorum,
      Optional<Escalation> escalate) {}

  /// Who approves instead when nobody has for so long.
  public record Escalation(long afterSeconds, String role, int quorum) {}

  /// People who approve together; tiers and gates name it as they name a role.
  public record Group(String name, List<String> members) {
    public Group {
      members = List.copyOf(members);
    }
  }

  /// @param scope `tenant`, `workflow`, `tool`, `connector` or `model`
  /// @param code why
  public record Pause(String scope, String target, String code) {}

  /// Which of a step's models answers.
  ///
  /// @param fallback whether another one may when the first does not answer
  public record Routing(boolean fallback, List<Provider> providers) {
    public Routing {
      providers = List.copyOf(providers);
    }
  }

  /// A connector of models.
  ///
  /// @param regions of its instances, as their setting `region` says
  public record Provider(
      String provider, boolean enabled, List<String> models, List<String> regions) {
    public Provider {
      models = List.copyOf(models);
      regions = List.copyOf(regions);
    }
  }

  /// A ready-made rule of the platform with the tenant's own numbers.
  ///
  /// @param name the tenant's own
  /// @param template `money_movement`, `external_publishing`, `access_change` or `pii`
  /// @param actions `connector.action`
  public record Template(
      String name,
      String template,
      List<String> actions,
      Optional<String> param,
      Optional<Long> approveAbove,
      Optional<Long> twoAbove,
      Optional<Long> denyAbove,
      Optional<Integer> quorum,
      Optional<Integer> taintedQuorum,
      Optional<List<String>> forbidden,
      Optional<List<String>> hosts) {
    public Template {
      actions = List.copyOf(actions);
    }
  }
}
