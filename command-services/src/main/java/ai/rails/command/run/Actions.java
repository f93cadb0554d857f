package ai.rails.command.run;

import java.time.Duration;
import java.util.Optional;

import ai.rails.command.flow.Pace;
import ai.rails.domain.run.RunEvent.IdempotencyClass;

/// What connectors' manifests say of their actions. Because a manifest is named by its digest, a
/// look-up is a pure function.
@FunctionalInterface
public interface Actions {
  /// @param connectorDigest `sha256:` and 64 hex digits of the manifest
  Optional<Facts> find(String connectorDigest, String action);

  /// One action.
  ///
  /// @param riskClass `R0` to `R4`
  /// @param write whether it changes anything
  /// @param pace how fast its instance may be called
  /// @param longest how long one of its requests may take
  record Facts(
      String riskClass,
      boolean write,
      IdempotencyClass idempotencyClass,
      Pace pace,
      Duration longest) {
    public Facts(String riskClass, boolean write, IdempotencyClass idempotencyClass) {
      this(riskClass, write, idempotencyClass, Pace.FREE, Duration.ofSeconds(10));
    }
  }
}
