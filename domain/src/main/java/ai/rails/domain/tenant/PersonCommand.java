package ai.rails.domain.tenant;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What administrators do with a subject.
public sealed interface PersonCommand {
  String tenant();

  /// Opaque id of the person or service.
  String subject();

  /// Gives a subject these roles and no others.
  ///
  /// @param by who gives them; nobody gives roles to himself
  record SetRoles(String tenant, String subject, List<String> roles, String by)
      implements PersonCommand {
    public SetRoles {
      roles = List.copyOf(roles);
    }
  }

  /// Proposes that a subject has these roles and no others; somebody else decides.
  record ProposeRoles(String tenant, String subject, String proposal, List<String> roles, String by)
      implements PersonCommand {
    public ProposeRoles {
      roles = List.copyOf(roles);
    }
  }

  /// Decides about a proposal. Whoever made it may only take it back.
  record DecideRoles(String tenant, String subject, String proposal, boolean approve, String by)
      implements PersonCommand {}

  /// Says who an identity of another provider is.
  ///
  /// @param externalDigest salted hash of the identity there: 64 hex digits
  /// @param before whose the identity was until now, as the store has it
  record LinkIdentity(
      String tenant,
      String subject,
      PersonEvent.Provider provider,
      String externalDigest,
      Optional<String> before)
      implements PersonCommand {}

  /// Gives a subject a key.
  ///
  /// @param key its public id
  /// @param roles a part of the subject's
  record IssueApiKey(
      String tenant, String subject, String key, List<String> roles, Instant expiresAt, String by)
      implements PersonCommand {
    public IssueApiKey {
      roles = List.copyOf(roles);
    }
  }

  /// Takes a key back. Again changes nothing.
  record RevokeApiKey(String tenant, String subject, String key, String by)
      implements PersonCommand {}

  /// Proposes that an identity of another provider is the subject's; somebody else decides.
  ///
  /// @param externalDigest salted hash of the identity there: 64 hex digits
  record ProposeLink(
      String tenant,
      String subject,
      String proposal,
      PersonEvent.Provider provider,
      String externalDigest,
      String by)
      implements PersonCommand {}

  /// Decides about a proposed link. Whoever made the proposal may only take it back.
  ///
  /// @param before whose the identity was until now, as the store has it
  record DecideLink(
      String tenant,
      String subject,
      String proposal,
      boolean approve,
      Optional<String> before,
      String by)
      implements PersonCommand {}

  /// Lets somebody from outside read as an auditor, until a time.
  record GrantAuditAccess(String tenant, String subject, String grant, Instant until, String by)
      implements PersonCommand {}

  /// Ends such access, before its time or at it. Again changes nothing.
  ///
  /// @param by empty when its time is over
  record EndAuditAccess(String tenant, String subject, String grant, Optional<String> by)
      implements PersonCommand {}

  /// Hands the subject's own say about gates to another person.
  ///
  /// @param run with `gate`: about this gate only
  record Delegate(
      String tenant,
      String subject,
      String delegation,
      String to,
      Optional<String> run,
      Optional<String> gate,
      Instant from,
      Instant until)
      implements PersonCommand {}

  /// Takes a say back. Again changes nothing.
  record RevokeDelegation(String tenant, String subject, String delegation, String by)
      implements PersonCommand {}

  /// Registers a passkey that has proved itself.
  ///
  /// @param passkey SHA-256 of the credential's id, 64 hex digits
  /// @param credential its id, base64url
  /// @param publicKey SubjectPublicKeyInfo, base64url
  /// @param active whether it counts at once, or only when somebody else has accepted it
  record RegisterPasskey(
      String tenant,
      String subject,
      String passkey,
      String credential,
      String publicKey,
      boolean deviceBound,
      boolean active)
      implements PersonCommand {}

  /// Accepts or refuses a passkey; never one's own.
  record DecidePasskey(String tenant, String subject, String passkey, boolean approve, String by)
      implements PersonCommand {}

  /// Removes a passkey. Again changes nothing.
  record RemovePasskey(String tenant, String subject, String passkey, String by)
      implements PersonCommand {}
}
