package ai.rails.platform.http;

import java.security.GeneralSecurityException;

/// Turns a bearer token into a principal, or refuses.
@FunctionalInterface
public interface Authenticator {
  /// @throws GeneralSecurityException if the token is not one of ours, or no longer
  Principal authenticate(String token) throws GeneralSecurityException;
}
