package ai.rails.app;

import ai.rails.app.embedded.EffectiveProperties;

/// One part of the installation that the launcher starts in order and stops in reverse.
public interface Stage {
  String name();

  /// Returns when the part is ready for its neighbours.
  void start(EffectiveProperties properties);

  /// Called only after [#start] returned.
  void stop();

  /// Begins with `up` when all is well; else says what is wrong.
  String health();
}
