package ai.rails.command.run;

/// What is to happen when a timer is due.
enum TimerKind {
  /// A step command goes out.
  STEP_DUE,
  /// A worker's lease has ended.
  LEASE,
  /// A gate's time is over.
  GATE_EXPIRY,
  /// Nobody has decided about a gate in the time of those who were asked; the attempt is the level.
  GATE_ESCALATION,
  /// The run's time is over.
  RUN_DEADLINE
}
