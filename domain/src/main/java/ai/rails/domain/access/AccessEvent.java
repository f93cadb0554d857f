package ai.rails.domain.access;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

import ai.rails.domain.EntryType;
import ai.rails.domain.Event;
import ai.rails.domain.policy.Decision;

/// Who tried to reach what.
public sealed interface AccessEvent extends Event {
  /// A principal asked for what is not its tenant's, or what its roles do not allow.
  ///
  /// @param route method and route template, for example `POST /v1/runs/{run}/cancel`
  /// @param resource id that was asked for, as given if it is a valid id, else `invalid`
  record AccessRefused(String principal, String route, String resource, String code)
      implements AccessEvent {
    @Override
    public EntryType entryType() {
      return EntryType.ACCESS_REFUSED;
    }
  }

  /// A principal was given evidence out of a workspace's log, or a proof.
  ///
  /// @param route method and route template
  /// @param resource whose evidence, `<workspace>` or `<workspace>/<position>`
  /// @param minute in which it was read; further readings until its end are covered by this one
  record EvidenceRead(String principal, String route, String resource, Instant minute)
      implements AccessEvent {
    @Override
    public EntryType entryType() {
      return EntryType.EVIDENCE_READ;
    }
  }

  /// A principal was given an evidence bundle. What is in the bundle was logged before this.
  ///
  /// @param resource run, `<run>/<gate>`, `<workspace>/<from>/<to>` or workspace
  /// @param treeSize size of the checkpoint that the bundle is proved against
  /// @param minute in which it was asked for; further ones until its end are covered by this one
  record EvidenceExported(
      String principal, EvidenceScope scope, String resource, long treeSize, Instant minute)
      implements AccessEvent {
    @Override
    public EntryType entryType() {
      return EntryType.EVIDENCE_EXPORTED;
    }
  }

  /// A person may see sealed content of a run, and a worker is asked to seal it to his key. Nothing
  /// is sealed before this is in the log, and a worker seals nothing but what this names.
  ///
  /// @param name gate, step or input, as the kind says
  /// @param callDigest of the call whose bytes are shown, with GATE and CALL
  /// @param refs of the content that may be opened for it
  /// @param keySha256 of the public key to which it is sealed, lower-case hex
  /// @param decision what policy said of it
  record RevealGranted(
      String reveal,
      String principal,
      String run,
      RevealKind kind,
      String name,
      Optional<String> callDigest,
      List<String> refs,
      String keySha256,
      Instant expiresAt,
      Decision decision)
      implements AccessEvent {
    public RevealGranted {
      refs = List.copyOf(refs);
    }

    @Override
    public EntryType entryType() {
      return EntryType.REVEAL_GRANTED;
    }
  }
}
