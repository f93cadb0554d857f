package ai.rails.domain.policy;

import java.time.Instant;

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

  /// A candidate was replayed over recorded decisions.
  ///
  /// @param bundle which it would replace
  /// @param candidateSha256 of the candidate's content, 64 hex digits
  /// @param decisions replayed
  /// @param changed of them, how many would have had another effect
  /// @param reproduced whether the bundles that had decided said the same again, every time
  /// @param reportSha256 of the report as it is kept
  record PolicySimulated(
      String bundle,
      String simulation,
      String candidateSha256,
      long decisions,
      long changed,
      boolean reproduced,
      String reportSha256,
      String by)
      implements PolicyBundleEvent {
    @Override
    public EntryType entryType() {
      return EntryType.POLICY_SIMULATED;
    }
  }

  /// Somebody proposes other content.
  ///
  /// @param baseSha256 of the content that it was written against; empty if there was none
  record PolicyDrafted(
      String bundle, String draft, String contentSha256, String baseSha256, String author)
      implements PolicyBundleEvent {
    @Override
    public EntryType entryType() {
      return EntryType.POLICY_DRAFTED;
    }
  }

  /// Somebody else than its author accepts or rejects a draft. An accepted one takes effect by the
  /// event of its publication.
  record PolicyDraftDecisioned(
      String bundle, String draft, String contentSha256, boolean approved, String by)
      implements PolicyBundleEvent {
    @Override
    public EntryType entryType() {
      return EntryType.POLICY_DRAFT_DECISIONED;
    }
  }

  /// Nothing of this leaves any more.
  ///
  /// @param target the tool's, connector's, model's or workflow's id; the tenant's with TENANT
  /// @param code why, for example `incident`
  record PausePlaced(String bundle, PauseScope scope, String target, String code, String by)
      implements PolicyBundleEvent {
    @Override
    public EntryType entryType() {
      return EntryType.PAUSE_PLACED;
    }
  }

  /// What was paused may go on.
  record PauseLifted(String bundle, PauseScope scope, String target, String by)
      implements PolicyBundleEvent {
    @Override
    public EntryType entryType() {
      return EntryType.PAUSE_LIFTED;
    }
  }

  /// Until a time, something goes by that a rule of the tenant would hold back. It ends by itself.
  ///
  /// @param exception its name
  /// @param waives `param.<name>`, or `quorum` for what the tenant asks beyond its risk tier
  /// @param reason a code, for example `migration-weekend`
  record PolicyExceptionGranted(
      String bundle,
      String exception,
      String tool,
      String action,
      String waives,
      String reason,
      String author,
      String approver,
      Instant expiresAt)
      implements PolicyBundleEvent {
    @Override
    public EntryType entryType() {
      return EntryType.POLICY_EXCEPTION_GRANTED;
    }
  }

  /// An exception is over before its time, or is no longer listed.
  record PolicyExceptionWithdrawn(String bundle, String exception, String by)
      implements PolicyBundleEvent {
    @Override
    public EntryType entryType() {
      return EntryType.POLICY_EXCEPTION_WITHDRAWN;
    }
  }

  /// What can be paused.
  enum PauseScope {
    TENANT,
    WORKFLOW,
    TOOL,
    CONNECTOR,
    MODEL
  }
}
