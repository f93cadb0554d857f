package ai.rails.domain.workflow;

import java.util.List;

/// What a workflow, as the series of its versions, can be asked.
public sealed interface WorkflowCommand {
  String tenant();

  String workflow();

  /// Adds a compiled, signed and stored version. Asked again with the same artifact it changes
  /// nothing.
  ///
  /// @param environments in which new runs start on it at once
  record PublishWorkflow(
      String tenant,
      String workflow,
      String version,
      String artifactDigest,
      String manifestDigest,
      String signingKeyId,
      String author,
      List<Place> environments)
      implements WorkflowCommand {
    public PublishWorkflow {
      environments = List.copyOf(environments);
    }
  }

  /// Lets new runs in an environment start on a published version.
  record ActivateWorkflow(String tenant, String workflow, Place place, String version)
      implements WorkflowCommand {}

  /// Where new runs are to start.
  ///
  /// @param needsRelease whether only versions run there that somebody else than the author
  ///   released
  record Place(String environment, boolean needsRelease) {}

  /// Says of a published version that it may run in an environment. Whoever wrote it may not.
  record ApproveRelease(
      String tenant, String workflow, String environment, String version, String approver)
      implements WorkflowCommand {}

  /// Takes a release back: the version starts no new run in the environment, and is not activated
  /// there before somebody releases it again. Again changes nothing.
  ///
  /// @param reason a code
  record WithdrawRelease(
      String tenant, String workflow, String environment, String version, String by, String reason)
      implements WorkflowCommand {}

  /// Lets no new run start in an environment.
  record DeactivateWorkflow(String tenant, String workflow, String environment)
      implements WorkflowCommand {}

  /// Records that a stored artifact is not what was signed.
  record RefuseArtifact(String tenant, String workflow, String artifactDigest, String reason)
      implements WorkflowCommand {}
}
