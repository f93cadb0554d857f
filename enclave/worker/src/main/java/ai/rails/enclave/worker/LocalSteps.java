package ai.rails.enclave.worker;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.domain.workflow.Step;
import ai.rails.domain.workflow.Step.Rule;
import ai.rails.platform.workflow.WorkerExpressions;

/// Steps that reach nobody: checks over content, and proofs.
final class LocalSteps {
  private final Scopes scopes;
  private final WorkerExpressions expressions;
  private final Completion completion;

  LocalSteps(ControlPlane controlPlane, Scopes scopes, WorkerExpressions expressions) {
    this.scopes = scopes;
    this.expressions = expressions;
    this.completion = new Completion(controlPlane);
  }

  /// Checks rules in their order.
  ///
  /// @throws StepRefused with the code of the first rule that does not hold
  void guard(Work work, Step step) throws InterruptedException {
    JsonNode scope = scopes.content(work);
    for (Rule rule : step.rules()) {
      if (!expressions.holds(rule.cel(), scope)) {
        throw new StepRefused(
            rule.code(), "guard %s: rule %s does not hold".formatted(step.id(), rule.code()));
      }
    }
    completion.complete(
        work,
        step.disclose(),
        step.output().map(value -> expressions.value(value, scope)).orElseGet(Outcomes::noOutput));
  }

  /// Gathers what the run left as evidence; without a declared output it is the list of refs.
  void proof(Work work, Step step) throws InterruptedException {
    JsonNode output =
        step.output()
            .map(value -> expressions.value(value, scopes.proof(work)))
            .orElseGet(() -> Scopes.evidence(work.claimed()));
    completion.complete(work, step.disclose(), output);
  }
}
