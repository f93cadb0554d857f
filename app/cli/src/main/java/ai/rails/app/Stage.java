package ai.rails.app;

import java.util.List;

import ai.rails.app.embedded.EffectiveProperties;
import ai.rails.platform.telemetry.Measure;

/// One part of the installation that the launcher starts in order and stops in reverse.
public interface Stage {
  String name();

  /// Returns when the part is ready for its neighbours.
  void start(EffectiveProperties properties);

  /// Called only after [#start] returned.
  void stop();

  /// Begins with `up` when all is well; else says what is wrong.
  String health();

  /// How far behind the part is and how much waits in it.
  default List<Measure> measures() {
    return List.of();
  }
}
