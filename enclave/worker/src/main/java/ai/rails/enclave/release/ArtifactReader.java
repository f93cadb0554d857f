package ai.rails.enclave.release;

import ai.rails.domain.workflow.Workflow;

/// Reads a compiled workflow from its canonical JSON, strictly.
@FunctionalInterface
public interface ArtifactReader {
  /// @throws IllegalArgumentException if it is no artifact
  Workflow read(byte[] artifact);
}
