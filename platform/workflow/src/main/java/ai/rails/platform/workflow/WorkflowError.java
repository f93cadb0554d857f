package ai.rails.platform.workflow;

/// One thing that is wrong with a workflow's source.
///
/// @param line from 1
/// @param column from 1
/// @param message one line: what is wrong; what is expected
public record WorkflowError(String file, int line, int column, String message) {
  @Override
  public String toString() {
    return "%s:%d:%d: %s".formatted(file, line, column, message);
  }
}
