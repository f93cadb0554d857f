package ai.rails.command.workflow;

import java.util.Map;

import ai.rails.domain.workflow.Workflow;
import ai.rails.platform.http.Problem;
import ai.rails.platform.workflow.SourcePlace;

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
  /// @param lint what policy is told when it is asked what is odd
  /// @param places where what it may find stands in the text
  @SuppressWarnings("ArrayRecordComponent")
  record Compiled(
      Workflow workflow,
      byte[] artifact,
      byte[] manifest,
      Map<String, Object> lint,
      Map<String, SourcePlace> places) {
    public Compiled {
      lint = Map.copyOf(lint);
      places = Map.copyOf(places);
    }
  }
}
