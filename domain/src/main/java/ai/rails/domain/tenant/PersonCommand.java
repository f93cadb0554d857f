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
}
