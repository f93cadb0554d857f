package ai.rails.schema;

import ai.rails.domain.run.RunEvent.Purpose;

/// An attempt of a step that a worker may claim. It carries ids only; a redelivery carries the same
/// `commandId`.
///
/// @param attempt from 1, over all attempts of the step in this run
/// @param artifactDigest the workflow version that the run is on
public record StepCommand(
    String commandId,
    String tenant,
    String workspace,
    String environment,
    String run,
    String step,
    int attempt,
    Purpose purpose,
    String artifactDigest) {}
