package ai.rails.command.key;

import java.security.GeneralSecurityException;

/// The key management service: one key-encryption key for each tenant, which never leaves it.
///
/// A wrapped key opens only for the same tenant and the same associated data.
public interface Kms {
  /// Makes the tenant's key unless there is one.
  ///
  /// @throws GeneralSecurityException if the service can not
  void create(String tenant) throws GeneralSecurityException;

  /// @throws GeneralSecurityException if the tenant has no key
  byte[] wrap(String tenant, byte[] key, String associatedData) throws GeneralSecurityException;

  /// @throws GeneralSecurityException if the bytes were altered, or belong to another tenant or
  ///   place
  byte[] unwrap(String tenant, byte[] wrapped, String associatedData)
      throws GeneralSecurityException;
}
