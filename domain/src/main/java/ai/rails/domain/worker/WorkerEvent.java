package ai.rails.domain.worker;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

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
  /// @param verdict `VERIFIED`; `SIMULATED` under a root that is no vendor's; `DEVELOPMENT` in
  ///   entries from before there was attestation: nothing was proved
  /// @param measurement the image, by the name that policy lists
  /// @param attested what it takes to accept it again; absent in those early entries
  record AttestationVerified(
      String worker,
      String verdict,
      String measurement,
      String evidenceSha256,
      Optional<AttestedEvidence> attested)
      implements WorkerEvent {
    @Override
    public EntryType entryType() {
      return EntryType.ATTESTATION_VERIFIED;
    }
  }

  /// What evidence of this worker is judged with, kept for whoever judges it again. Once for each
  /// set: later evidence names it by its digest.
  ///
  /// @param tee `TDX` or `SEV-SNP`
  /// @param parts base64, in the verifier's order
  record CollateralArchived(String worker, String collateralSha256, String tee, List<String> parts)
      implements WorkerEvent {
    public CollateralArchived {
      parts = List.copyOf(parts);
    }

    @Override
    public EntryType entryType() {
      return EntryType.COLLATERAL_ARCHIVED;
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

  /// It opened what was sealed to it, and so holds the keys.
  record KeyReleaseConfirmed(String worker, String releaseId, long leaseEpoch)
      implements WorkerEvent {
    @Override
    public EntryType entryType() {
      return EntryType.KEY_RELEASE_CONFIRMED;
    }
  }

  /// What it held last has expired and nothing came in its place: until it is attested again it can
  /// do nothing.
  record KeyReleaseExpired(String worker, String releaseId, long leaseEpoch)
      implements WorkerEvent {
    @Override
    public EntryType entryType() {
      return EntryType.KEY_RELEASE_EXPIRED;
    }
  }

  /// It asked for keys and got none.
  ///
  /// @param code the verifier's reason, or what policy said
  /// @param evidenceSha256 of what it showed, where it could be read
  /// @param measurement what that said of the image; nothing proved it
  record KeyReleaseRefused(
      String worker, String code, Optional<String> evidenceSha256, Optional<String> measurement)
      implements WorkerEvent {
    @Override
    public EntryType entryType() {
      return EntryType.KEY_RELEASE_REFUSED;
    }
  }

  /// It is gone; its lease opens nothing any more.
  ///
  /// @param reason a code; one that begins with `REVOKED` says that it is not trusted any more
  record WorkerTerminated(String worker, String reason) implements WorkerEvent {
    @Override
    public EntryType entryType() {
      return EntryType.WORKER_TERMINATED;
    }
  }

  /// Intel will soon call its platform less than current: by the set of collateral that is standard
  /// next, the same evidence stands worse. Said once for each such set.
  ///
  /// @param tcbStatus what it is called now
  /// @param nextStatus what it will be called, or the verifier's reason to refuse it
  /// @param evaluationNumber of the next set; 0 where that refuses the evidence
  /// @param advisories to be mitigated
  record PlatformWillBeDemoted(
      String worker,
      String platform,
      String tcbStatus,
      String nextStatus,
      int evaluationNumber,
      List<String> advisories)
      implements WorkerEvent {
    public PlatformWillBeDemoted {
      advisories = List.copyOf(advisories);
    }

    @Override
    public EntryType entryType() {
      return EntryType.PLATFORM_WILL_BE_DEMOTED;
    }
  }
}
