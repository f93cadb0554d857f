package ai.rails.domain.worker;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

import ai.rails.domain.policy.Decision;

/// What a worker, as seen by the control plane, can be asked.
public sealed interface WorkerCommand {
  String tenant();

  String worker();

  /// Releases keys to a worker whose evidence was verified. The first release also admits it.
  ///
  /// @param decision what policy said; anything but ALLOW is refused
  /// @param keys ids of the keys
  record ReleaseKeys(
      String tenant,
      String worker,
      String workflowId,
      String version,
      String environmentId,
      String verdict,
      String measurement,
      String evidenceSha256,
      Decision decision,
      String releaseId,
      List<String> keys,
      Instant expiresAt)
      implements WorkerCommand {
    public ReleaseKeys {
      keys = List.copyOf(keys);
    }
  }

  /// Records that a worker asked for keys and got none.
  ///
  /// @param decision what policy said, if it was asked
  record RefuseKeys(String tenant, String worker, String code, Optional<Decision> decision)
      implements WorkerCommand {}

  /// Ends a worker.
  record TerminateWorker(String tenant, String worker, String reason) implements WorkerCommand {}
}
