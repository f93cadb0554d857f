package ai.rails.domain.policy;

import java.util.List;
import java.util.Optional;

import ai.rails.domain.policy.PolicyBundleEvent.PauseLifted;
import ai.rails.domain.policy.PolicyBundleEvent.PausePlaced;
import ai.rails.domain.policy.PolicyBundleEvent.PauseScope;
import ai.rails.domain.policy.PolicyBundleEvent.PolicyExceptionGranted;

/// What a policy bundle can be asked.
public sealed interface PolicyBundleCommand {
  String bundle();

  /// Makes new content take effect. The same content again changes nothing.
  ///
  /// @param bundle `platform` or `t_<tenant>`
  /// @param contentSha256 64 hex digits
  record PublishBundle(String bundle, String revision, String contentSha256, String author)
      implements PolicyBundleCommand {}

  /// Notes a simulation whose report is stored in the same transaction.
  record NoteSimulation(PolicyBundleEvent.PolicySimulated simulated)
      implements PolicyBundleCommand {
    @Override
    public String bundle() {
      return simulated.bundle();
    }
  }

  /// Proposes other content.
  record SubmitDraft(
      String bundle, String draft, String contentSha256, String baseSha256, String author)
      implements PolicyBundleCommand {}

  /// Accepts or rejects a draft. Its author can not accept it, and content that has changed since
  /// the draft was written can not be replaced by it. An accepted draft takes effect.
  ///
  /// @param published what takes effect, with an accepted draft
  /// @param granted exceptions that are new with it; each names who accepts it
  /// @param withdrawn exceptions that it leaves out
  /// @param placed pauses that are new with it
  /// @param lifted pauses that it leaves out
  record DecideDraft(
      String bundle,
      String draft,
      String by,
      Optional<PublishBundle> published,
      List<PolicyExceptionGranted> granted,
      List<String> withdrawn,
      List<PausePlaced> placed,
      List<PauseLifted> lifted)
      implements PolicyBundleCommand {
    public DecideDraft {
      granted = List.copyOf(granted);
      withdrawn = List.copyOf(withdrawn);
      placed = List.copyOf(placed);
      lifted = List.copyOf(lifted);
    }

    public DecideDraft(String bundle, String draft, String by, Optional<PublishBundle> published) {
      this(bundle, draft, by, published, List.of(), List.of(), List.of(), List.of());
    }
  }

  /// Ends an exception before its time; one person may, for it makes nothing looser.
  record WithdrawException(String bundle, String exception, String by, PublishBundle published)
      implements PolicyBundleCommand {}

  /// Stops something. Again changes nothing.
  ///
  /// @param published the content that says so
  record PlacePause(
      String bundle,
      PauseScope scope,
      String target,
      String code,
      String by,
      PublishBundle published)
      implements PolicyBundleCommand {}

  /// Lets it go on.
  record LiftPause(
      String bundle, PauseScope scope, String target, String by, PublishBundle published)
      implements PolicyBundleCommand {}
}
