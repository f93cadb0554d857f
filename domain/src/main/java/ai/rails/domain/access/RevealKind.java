package ai.rails.domain.access;

/// What of a run's sealed content is shown to a person.
public enum RevealKind {
  /// The frozen call that a gate asks about, and what the run read before it.
  GATE,
  /// The frozen call that a step made last.
  CALL,
  /// What a completed step gave.
  OUTPUT,
  /// What the run was started with.
  INPUT,
  /// What was asked and answered about a gate.
  THREAD
}
