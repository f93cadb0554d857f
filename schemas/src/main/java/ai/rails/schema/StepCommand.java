package ai.rails.schema;

import ai.rails.domain.run.RunEvent.Purpose;

/// What a worker may take: an attempt of a step, or a reveal. It carries ids only; a redelivery
/// carries the same `commandId`.
///
/// @param commandId of a reveal its id
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
    Order purpose,
    String artifactDigest) {
  /// What the worker is to do: a step for one of its purposes, or to show content to a person.
  public enum Order {
    PERFORM,
    PROPOSE,
    CARD,
    RECOVER,
    UNDO,
    REVEAL;

    static Order of(Purpose purpose) {
      return switch (purpose) {
        case PERFORM -> PERFORM;
        case PROPOSE -> PROPOSE;
        case CARD -> CARD;
        case RECOVER -> RECOVER;
        case UNDO -> UNDO;
      };
    }
  }

  /// An attempt of a step.
  public StepCommand(
      String commandId,
      String tenant,
      String workspace,
      String environment,
      String run,
      String step,
      int attempt,
      Purpose purpose,
      String artifactDigest) {
    this(
        commandId,
        tenant,
        workspace,
        environment,
        run,
        step,
        attempt,
        Order.of(purpose),
        artifactDigest);
  }
}
