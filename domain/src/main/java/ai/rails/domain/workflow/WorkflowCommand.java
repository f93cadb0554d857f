package ai.rails.domain.workflow;

/// What a workflow, as the series of its versions, can be asked.
public sealed interface WorkflowCommand {
  String tenant();

  String workflow();

  /// Adds a compiled, signed and stored version. Asked again with the same artifact it changes
  /// nothing.
  record PublishWorkflow(
      String tenant,
      String workflow,
      String version,
      String artifactDigest,
      String manifestDigest,
      String signingKeyId,
      String author)
      implements WorkflowCommand {}

  /// Records that a stored artifact is not what was signed.
  record RefuseArtifact(String tenant, String workflow, String artifactDigest, String reason)
      implements WorkflowCommand {}
}
