package ai.rails.command.workflow;

import ai.rails.domain.workflow.Workflow;
import ai.rails.platform.http.Problem;

/// Makes an artifact of a workflow's text, and a workflow of an artifact. Both are pure.
public interface Compiler {
  /// @param author becomes part of the artifact; may not approve its gates
  /// @throws Problem with 422 and the places of all faults
  Compiled compile(String yaml, String author);

  /// Reads an artifact whose digest and signature were checked.
  Workflow read(byte[] artifact);

  /// A compiled workflow.
  ///
  /// @param artifact canonical JSON
  /// @param manifest canonical JSON of what a deployment needs
  @SuppressWarnings("ArrayRecordComponent")
  record Compiled(Workflow workflow, byte[] artifact, byte[] manifest) {}
}
