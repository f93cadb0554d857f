package ai.rails.command.run;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import ai.rails.command.flow.Pace;
import ai.rails.domain.run.RunEvent.IdempotencyClass;

/// What connectors' manifests say of their actions. Because a manifest is named by its digest, a
/// look-up is a pure function.
@FunctionalInterface
public interface Actions {
  /// @param connectorDigest `sha256:` and 64 hex digits of the manifest
  Optional<Facts> find(String connectorDigest, String action);

  /// Digests of manifests that run nowhere any more, as they are known now.
  default Set<String> revoked() {
    return Set.of();
  }

  /// A place that the manifest itself names, such as a token endpoint.
  ///
  /// @param host the instance's own if absent
  /// @param requests most that go there
  record Elsewhere(Optional<String> host, int port, int requests) {}

  /// One action.
  ///
  /// @param riskClass `R0` to `R4`
  /// @param write whether it changes anything
  /// @param pace how fast its instance may be called
  /// @param longest how long one of its requests may take
  /// @param local whether the worker does it by itself, with a model inside it
  /// @param elsewhere which of its requests go to places beside the instance, in a fixed order
  record Facts(
      String riskClass,
      boolean write,
      IdempotencyClass idempotencyClass,
      Pace pace,
      Duration longest,
      boolean local,
      List<Elsewhere> elsewhere) {
    public Facts {
      elsewhere = List.copyOf(elsewhere);
    }

    public Facts(String riskClass, boolean write, IdempotencyClass idempotencyClass) {
      this(riskClass, write, idempotencyClass, Pace.FREE, Duration.ofSeconds(10), false, List.of());
    }
  }
}
