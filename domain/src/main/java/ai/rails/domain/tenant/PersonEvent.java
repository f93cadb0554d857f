package ai.rails.domain.tenant;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

import ai.rails.domain.EntryType;
import ai.rails.domain.Event;

/// What happens to a subject of a tenant: administrative acts. Subjects are opaque.
public sealed interface PersonEvent extends Event {
  String subject();

  /// From now on the subject has these roles and no others.
  ///
  /// @param roles sorted
  record RolesSet(String subject, List<String> roles) implements PersonEvent {
    public RolesSet {
      roles = List.copyOf(roles);
    }

    @Override
    public EntryType entryType() {
      return EntryType.ROLES_SET;
    }
  }

  /// Somebody wants the subject to have these roles and no others.
  ///
  /// @param roles sorted
  record RolesProposed(String subject, String proposal, List<String> roles, String by)
      implements PersonEvent {
    public RolesProposed {
      roles = List.copyOf(roles);
    }

    @Override
    public EntryType entryType() {
      return EntryType.ROLES_PROPOSED;
    }
  }

  /// Somebody else accepted the proposal, and the roles were set, or it was rejected or taken back.
  record RolesProposalDecisioned(String subject, String proposal, boolean accepted, String by)
      implements PersonEvent {
    @Override
    public EntryType entryType() {
      return EntryType.ROLES_PROPOSAL_DECISIONED;
    }
  }

  /// What somebody does under an identity of another provider counts as the subject's from now on.
  ///
  /// @param externalDigest of the identity there, under a salt that lies beside the link and is
  ///   deleted with it: 64 hex digits
  /// @param before whose the identity was until now
  record IdentityLinked(
      String subject, Provider provider, String externalDigest, Optional<String> before)
      implements PersonEvent {
    @Override
    public EntryType entryType() {
      return EntryType.IDENTITY_LINKED;
    }
  }

  /// A secret that speaks for the subject, with a part of its roles, until it expires.
  ///
  /// @param key the key's public id
  /// @param roles sorted; of these the subject's own at each use
  record ApiKeyIssued(String subject, String key, List<String> roles, Instant expiresAt, String by)
      implements PersonEvent {
    public ApiKeyIssued {
      roles = List.copyOf(roles);
    }

    @Override
    public EntryType entryType() {
      return EntryType.API_KEY_ISSUED;
    }
  }

  /// The secret opens nothing any more.
  record ApiKeyRevoked(String subject, String key, String by) implements PersonEvent {
    @Override
    public EntryType entryType() {
      return EntryType.API_KEY_REVOKED;
    }
  }

  /// Where else people are known.
  enum Provider {
    SLACK
  }
}
