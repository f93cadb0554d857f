package ai.rails.domain.policy;

import java.util.Map;
import java.util.Set;

import ai.rails.domain.policy.PolicyBundleEvent.PauseScope;
import ai.rails.domain.policy.PolicyBundleEvent.PolicyDrafted;

/// A policy bundle as its events made it.
///
/// @param contentSha256 of the content in effect, empty before the first
/// @param drafts that nobody has decided about, by id
/// @param pauses that stand
public record PolicyBundle(
    String contentSha256, String revision, Map<String, PolicyDrafted> drafts, Set<Pause> pauses) {
  /// Before the first event.
  public static final PolicyBundle NONE = new PolicyBundle("", "", Map.of(), Set.of());

  public PolicyBundle {
    drafts = Map.copyOf(drafts);
    pauses = Set.copyOf(pauses);
  }

  /// What is stopped.
  public record Pause(PauseScope scope, String target) {}
}
