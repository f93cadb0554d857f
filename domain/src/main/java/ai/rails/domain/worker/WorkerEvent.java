package ai.rails.domain.worker;

import java.time.Instant;
import java.util.List;

import ai.rails.domain.EntryType;
import ai.rails.domain.Event;
import ai.rails.domain.policy.Decision;

/// What happens to a worker, from its admission to its end.
public sealed interface WorkerEvent extends Event {
  String worker();

  /// A worker for one workflow version and environment was admitted.
  record WorkerRegistered(String worker, String workflowId, String version, String environmentId)
      implements WorkerEvent {
    @Override
    public EntryType entryType() {
      return EntryType.WORKER_REGISTERED;
    }
  }

  /// Its evidence was checked.
  ///
  /// @param verdict `DEVELOPMENT` until attestation exists: nothing was proved, and it says so
  record AttestationVerified(
      String worker, String verdict, String measurement, String evidenceSha256)
      implements WorkerEvent {
    @Override
    public EntryType entryType() {
      return EntryType.ATTESTATION_VERIFIED;
    }
  }

  /// Policy was asked whether it may have keys.
  record KeyReleaseEvaluated(String worker, Decision decision) implements WorkerEvent {
    @Override
    public EntryType entryType() {
      return EntryType.POLICY_EVALUATED;
    }
  }

  /// Keys were sealed to it.
  ///
  /// @param keys ids of the keys, never keys
  record KeyReleased(
      String worker, String releaseId, List<String> keys, long leaseEpoch, Instant expiresAt)
      implements WorkerEvent {
    public KeyReleased {
      keys = List.copyOf(keys);
    }

    @Override
    public EntryType entryType() {
      return EntryType.KEY_RELEASED;
    }
  }

  /// It asked for keys and got none.
  record KeyReleaseRefused(String worker, String code) implements WorkerEvent {
    @Override
    public EntryType entryType() {
      return EntryType.KEY_RELEASE_REFUSED;
    }
  }

  /// It is gone; its lease opens nothing any more.
  record WorkerTerminated(String worker, String reason) implements WorkerEvent {
    @Override
    public EntryType entryType() {
      return EntryType.WORKER_TERMINATED;
    }
  }
}
