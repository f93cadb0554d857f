package ai.rails.domain.access;

import java.time.Instant;

import ai.rails.domain.EntryType;
import ai.rails.domain.Event;

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
}
