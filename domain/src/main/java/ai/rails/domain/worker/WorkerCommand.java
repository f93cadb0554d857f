package ai.rails.domain.worker;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

import ai.rails.domain.policy.Decision;

/// What a worker, as seen by the control plane, can be asked.
public sealed interface WorkerCommand {
  String tenant();

  String worker();

  /// Takes note of a worker that shows its certificate for the first time.
  record ProvisionWorker(
      String tenant, String worker, String workflowId, String version, String environmentId)
      implements WorkerCommand {}

  /// Releases keys to a worker whose evidence was accepted. The first release also admits it.
  ///
  /// @param verdict `VERIFIED`, or `SIMULATED` where the root is no vendor's
  /// @param measurement the image, by the name that policy lists
  /// @param collateral the parts that the evidence was judged with, base64
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
      AttestedEvidence evidence,
      List<String> collateral,
      Decision decision,
      String releaseId,
      List<String> keys,
      Instant expiresAt)
      implements WorkerCommand {
    public ReleaseKeys {
      collateral = List.copyOf(collateral);
      keys = List.copyOf(keys);
    }
  }

  /// Records that a worker's platform will soon stand worse.
  record WarnOfDemotion(String tenant, String worker, WorkerEvent.PlatformWillBeDemoted warning)
      implements WorkerCommand {}

  /// Records that the worker could open what was sealed to it.
  record ConfirmRelease(String tenant, String worker, String releaseId) implements WorkerCommand {}

  /// Records that a worker asked for keys and got none.
  ///
  /// @param evidenceSha256 of what it showed, where it could be read
  /// @param measurement what that said of the image; nothing proved it
  /// @param decision what policy said, if it was asked
  record RefuseKeys(
      String tenant,
      String worker,
      String code,
      Optional<String> evidenceSha256,
      Optional<String> measurement,
      Optional<Decision> decision)
      implements WorkerCommand {}

  /// Records that what the worker holds has expired.
  record ExpireKeys(String tenant, String worker, String releaseId) implements WorkerCommand {}

  /// Ends a worker.
  record TerminateWorker(String tenant, String worker, String reason) implements WorkerCommand {}
}
