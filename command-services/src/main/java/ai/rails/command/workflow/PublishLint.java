package ai.rails.command.workflow;

import java.util.List;

import ai.rails.command.workflow.Compiler.Compiled;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Problem.Fault;
import ai.rails.platform.opa.PolicyLint;
import ai.rails.platform.opa.PolicyLint.Finding;
import ai.rails.platform.workflow.SourcePlace;

/// What policy says of a version before it is published.
final class PublishLint {
  private static final SourcePlace SOMEWHERE = new SourcePlace(1, 1);

  private final PolicyLint policy;

  PublishLint(PolicyLint policy) {
    this.policy = policy;
  }

  /// @return what its author would want to know
  /// @throws Problem with 422 and the places of what policy does not let pass
  List<Fault> warnings(Compiled compiled) {
    List<Finding> findings = policy.workflow(compiled.lint());
    List<Fault> errors = told(compiled, findings, true);
    if (!errors.isEmpty()) {
      throw Problem.faults(
          422,
          "WORKFLOW_REFUSED",
          "policy finds %d errors in the workflow; see errors".formatted(errors.size()),
          errors);
    }
    return told(compiled, findings, false);
  }

  private static List<Fault> told(Compiled compiled, List<Finding> findings, boolean errors) {
    return findings.stream()
        .filter(finding -> finding.error() == errors)
        .map(finding -> fault(compiled, finding))
        .toList();
  }

  private static Fault fault(Compiled compiled, Finding finding) {
    SourcePlace place = compiled.places().getOrDefault(finding.at(), SOMEWHERE);
    return new Fault(
        "workflow.yaml",
        place.line(),
        place.column(),
        "policy finds %s at %s".formatted(finding.code(), finding.at()));
  }
}
