package ai.rails.platform.workflow;

import java.util.List;
import java.util.stream.Collectors;

/// A workflow that does not compile, with everything that is wrong with it, in the order of the
/// file.
public final class WorkflowErrors extends Exception {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // the list is an immutable JDK list of records
  private final List<WorkflowError> errors;

  public WorkflowErrors(List<WorkflowError> errors) {
    super(errors.stream().map(WorkflowError::toString).collect(Collectors.joining("\n")));
    this.errors = List.copyOf(errors);
  }

  public List<WorkflowError> errors() {
    return errors;
  }
}
