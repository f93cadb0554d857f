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

  /// Somebody wants an identity of another provider to count as the subject's.
  record IdentityLinkProposed(
      String subject, String proposal, Provider provider, String externalDigest, String by)
      implements PersonEvent {
    @Override
    public EntryType entryType() {
      return EntryType.IDENTITY_LINK_PROPOSED;
    }
  }

  /// Somebody else accepted the link, and it was made, or it was rejected or taken back.
  record IdentityLinkDecisioned(String subject, String proposal, boolean accepted, String by)
      implements PersonEvent {
    @Override
    public EntryType entryType() {
      return EntryType.IDENTITY_LINK_DECISIONED;
    }
  }

  /// An auditor from outside: until its end the subject reads as an auditor does, whatever roles
  /// its tokens have, and after it nothing.
  record AuditAccessGranted(String subject, String grant, Instant until, String by)
      implements PersonEvent {
    @Override
    public EntryType entryType() {
      return EntryType.AUDIT_ACCESS_GRANTED;
    }
  }

  /// The subject reads nothing any more.
  ///
  /// @param cause `EXPIRED` or `REVOKED`
  /// @param by who revoked it, or `timer`
  record AuditAccessEnded(String subject, String grant, String cause, String by)
      implements PersonEvent {
    @Override
    public EntryType entryType() {
      return EntryType.AUDIT_ACCESS_ENDED;
    }
  }

  /// The subject handed his own say about gates to another person.
  ///
  /// @param run with `gate`: about this gate only
  record ApprovalDelegated(
      String subject,
      String delegation,
      String to,
      Optional<String> run,
      Optional<String> gate,
      Instant from,
      Instant until)
      implements PersonEvent {
    @Override
    public EntryType entryType() {
      return EntryType.APPROVAL_DELEGATED;
    }
  }

  /// The say is the subject's alone again.
  record DelegationRevoked(String subject, String delegation, String by) implements PersonEvent {
    @Override
    public EntryType entryType() {
      return EntryType.DELEGATION_REVOKED;
    }
  }

  /// A passkey of the subject proved itself.
  ///
  /// @param passkey SHA-256 of the credential's id, 64 hex digits
  /// @param credential its id, base64url
  /// @param publicKey SubjectPublicKeyInfo, base64url: whoever checks a signed approval without us
  ///   takes the key from here
  /// @param deviceBound whether the authenticator says that the key can not leave it
  /// @param active whether it counts from now on, or once somebody else has accepted it
  record PasskeyRegistered(
      String subject,
      String passkey,
      String credential,
      String publicKey,
      boolean deviceBound,
      boolean active)
      implements PersonEvent {
    @Override
    public EntryType entryType() {
      return EntryType.PASSKEY_REGISTERED;
    }
  }

  /// Somebody else accepted the passkey, or refused it and it is gone.
  record PasskeyDecisioned(String subject, String passkey, boolean accepted, String by)
      implements PersonEvent {
    @Override
    public EntryType entryType() {
      return EntryType.PASSKEY_DECISIONED;
    }
  }

  /// The passkey signs nothing any more.
  record PasskeyRemoved(String subject, String passkey, String by) implements PersonEvent {
    @Override
    public EntryType entryType() {
      return EntryType.PASSKEY_REMOVED;
    }
  }

  /// Where else people are known.
  enum Provider {
    SLACK
  }
}
