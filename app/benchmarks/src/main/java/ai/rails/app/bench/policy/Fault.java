package ai.rails.app.bench.policy;

import java.util.Locale;

/// What befalls the decision point.
enum Fault {
  /// Its process is gone.
  KILLED,
  /// Its process is stopped: connections open, nothing answers.
  PAUSED,
  /// It answers from bundles whose lease has ended.
  STALE,
  /// Something in its place changes its answers.
  LYING,
  /// What is sent to it never arrives.
  PARTITIONED;

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
