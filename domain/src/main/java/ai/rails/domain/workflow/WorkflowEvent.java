package ai.rails.domain.workflow;

import ai.rails.domain.EntryType;
import ai.rails.domain.Event;

/// What happens to a workflow; its runs have streams of their own.
public sealed interface WorkflowEvent extends Event {
  String workflow();

  /// A version was compiled, signed and stored; it is never changed.
  ///
  /// @param artifactDigest `sha256:` and 64 hex digits of the canonical JSON
  /// @param manifestDigest of the deployment manifest
  record WorkflowPublished(
      String workflow,
      String version,
      String artifactDigest,
      String manifestDigest,
      String signingKeyId,
      String author)
      implements WorkflowEvent {
    @Override
    public EntryType entryType() {
      return EntryType.WORKFLOW_PUBLISHED;
    }
  }

  /// New runs in an environment start on this version from now on.
  ///
  /// @param environment for example `dev`
  record WorkflowActivated(
      String workflow, String environment, String version, String artifactDigest)
      implements WorkflowEvent {
    @Override
    public EntryType entryType() {
      return EntryType.WORKFLOW_ACTIVATED;
    }
  }

  /// Somebody else than its author let a version run in an environment.
  record ReleaseApproved(
      String workflow,
      String environment,
      String version,
      String artifactDigest,
      String author,
      String approver)
      implements WorkflowEvent {
    @Override
    public EntryType entryType() {
      return EntryType.RELEASE_APPROVED;
    }
  }

  /// A version may no longer be made the one that new runs start on in an environment, until
  /// somebody releases it again.
  ///
  /// @param reason a code
  record ReleaseWithdrawn(
      String workflow,
      String environment,
      String version,
      String artifactDigest,
      String by,
      String reason)
      implements WorkflowEvent {
    @Override
    public EntryType entryType() {
      return EntryType.RELEASE_WITHDRAWN;
    }
  }

  /// No new run starts in an environment from now on; runs that are under way go on.
  record WorkflowDeactivated(
      String workflow, String environment, String version, String artifactDigest)
      implements WorkflowEvent {
    @Override
    public EntryType entryType() {
      return EntryType.WORKFLOW_DEACTIVATED;
    }
  }

  /// A stored artifact no longer matches its digest or signature; it is not run.
  record ArtifactRefused(String workflow, String artifactDigest, String reason)
      implements WorkflowEvent {
    @Override
    public EntryType entryType() {
      return EntryType.ARTIFACT_REFUSED;
    }
  }
}
