package ai.rails.command.policy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.domain.policy.PolicyBundleEvent.PauseLifted;
import ai.rails.domain.policy.PolicyBundleEvent.PausePlaced;
import ai.rails.domain.policy.PolicyBundleEvent.PauseScope;
import ai.rails.domain.policy.PolicyBundleEvent.PolicyExceptionGranted;

/// Which exceptions and pauses a draft brings, and which it leaves out. An exception that has
/// changed is a new one: it needs its approver again.
record DraftChanges(
    List<PolicyExceptionGranted> granted,
    List<String> withdrawn,
    List<PausePlaced> placed,
    List<PauseLifted> lifted) {
  DraftChanges {
    granted = List.copyOf(granted);
    withdrawn = List.copyOf(withdrawn);
    placed = List.copyOf(placed);
    lifted = List.copyOf(lifted);
  }

  /// @param by who accepts the draft
  static DraftChanges between(String bundle, String by, TenantGrants before, TenantGrants after) {
    ObjectNode had = before.exceptions();
    ObjectNode has = after.exceptions();
    List<PolicyExceptionGranted> granted = new ArrayList<>();
    has.propertyStream()
        .filter(each -> !each.getValue().equals(had.get(each.getKey())))
        .forEach(each -> granted.add(granted(bundle, each.getKey(), each.getValue())));
    List<PausePlaced> placed = new ArrayList<>();
    List<PauseLifted> lifted = new ArrayList<>();
    for (PauseScope scope : PauseScope.values()) {
      JsonNode stood = before.pauses(scope);
      JsonNode stands = after.pauses(scope);
      stands
          .propertyStream()
          .filter(each -> !stood.has(each.getKey()))
          .forEach(each ->
              placed.add(
                  new PausePlaced(bundle, scope, each.getKey(), each.getValue().asText(), by)));
      stood
          .propertyStream()
          .filter(each -> !stands.has(each.getKey()))
          .forEach(each -> lifted.add(new PauseLifted(bundle, scope, each.getKey(), by)));
    }
    return new DraftChanges(
        granted,
        had.propertyStream().map(each -> each.getKey()).filter(name -> !has.has(name)).toList(),
        placed,
        lifted);
  }

  private static PolicyExceptionGranted granted(String bundle, String name, JsonNode exception) {
    return new PolicyExceptionGranted(
        bundle,
        name,
        exception.path("tool").asText(),
        exception.path("action").asText(),
        exception.path("waives").asText(),
        exception.path("reason").asText(),
        exception.path("author").asText(),
        exception.path("approver").asText(),
        Instant.ofEpochSecond(exception.path("expires_at_s").asLong()));
  }
}
