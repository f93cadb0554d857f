package ai.rails.domain.policy;

import ai.rails.domain.EntryType;
import ai.rails.domain.Event;

/// What happens to a policy bundle. Re-signing for freshness is no event.
public sealed interface PolicyBundleEvent extends Event {
  /// New content of a bundle takes effect.
  ///
  /// @param bundle `platform` or `t_<tenant>`
  record PolicyBundlePublished(String bundle, String revision, String contentSha256, String author)
      implements PolicyBundleEvent {
    @Override
    public EntryType entryType() {
      return EntryType.POLICY_BUNDLE_PUBLISHED;
    }
  }
}
