package ai.rails.command.key;

import java.security.GeneralSecurityException;
import java.util.Optional;

/// The key management service: one key-encryption key for each tenant, which never leaves it.
///
/// A wrapped key opens only for the same tenant and the same associated data.
public interface Kms {
  /// Makes the tenant's key unless there is one.
  ///
  /// @throws GeneralSecurityException if the service can not
  void create(String tenant) throws GeneralSecurityException;

  /// A name of the tenant's key that says nothing of it; empty if there is none.
  Optional<String> id(String tenant) throws GeneralSecurityException;

  /// Destroys the tenant's key for ever: afterwards nothing that it wrapped opens, here or from a
  /// backup of what was wrapped, and the tenant gets no other key. Again changes nothing.
  void destroy(String tenant) throws GeneralSecurityException;

  /// @throws GeneralSecurityException if the tenant has no key
  byte[] wrap(String tenant, byte[] key, String associatedData) throws GeneralSecurityException;

  /// @throws GeneralSecurityException if the bytes were altered, or belong to another tenant or
  ///   place
  byte[] unwrap(String tenant, byte[] wrapped, String associatedData)
      throws GeneralSecurityException;
}
