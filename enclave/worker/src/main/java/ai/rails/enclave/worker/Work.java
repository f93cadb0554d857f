package ai.rails.enclave.worker;

import java.util.Map;
import java.util.Optional;

import ai.rails.domain.workflow.Step;
import ai.rails.enclave.content.RunContent;
import ai.rails.enclave.release.BoundArtifact;
import ai.rails.schema.worker.WorkerProtocol.Attempt;
import ai.rails.schema.worker.WorkerProtocol.Claimed;
import ai.rails.schema.worker.WorkerProtocol.Instance;

/// A claimed step attempt with what it takes to do it. Confined to the attempt's thread.
///
/// @param content seals and opens under the run's key
/// @param fence the lease; stands before every request
record Work(
    Claimed claimed,
    Attempt attempt,
    BoundArtifact artifact,
    RunContent content,
    LeaseKeeper fence) {

  /// A step of the workflow.
  ///
  /// @throws StepRefused if the control plane names a step that the signed workflow lacks
  Step step(String id) {
    return artifact
        .workflow()
        .step(id)
        .orElseThrow(() ->
            new StepRefused(
                "STEP_UNKNOWN", "workflow %s has no step %s".formatted(artifact.digest(), id)));
  }

  Instance instance(String alias) {
    return Optional.ofNullable(artifact.instances().get(alias))
        .orElseThrow(() -> new StepRefused("CONNECTOR_UNKNOWN", "no connector is called " + alias));
  }

  /// Ref of a step's output in this attempt.
  String outputRef() {
    return "%s/output/%d".formatted(claimed.step(), claimed.attempt());
  }

  /// Ref of a piece of evidence of this attempt.
  String evidenceRef(String kind) {
    return "%s/evidence/%d/%s".formatted(claimed.step(), claimed.attempt(), kind);
  }

  /// Disclosed values under `inputs.<name>` and `steps.<step>.<field>`.
  Optional<String> disclosed(String path) {
    String[] parts = path.split("\\.", 3);
    if (parts.length == 2 && parts[0].equals("inputs")) {
      return Optional.ofNullable(claimed.inputs().get(parts[1]));
    }
    if (parts.length == 3 && parts[0].equals("steps")) {
      return Optional.ofNullable(claimed.steps().getOrDefault(parts[1], Map.of()).get(parts[2]));
    }
    return Optional.empty();
  }
}
