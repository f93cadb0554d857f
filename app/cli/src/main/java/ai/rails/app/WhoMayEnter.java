package ai.rails.app;

import java.security.GeneralSecurityException;
import java.util.EnumSet;
import java.util.Set;

import ai.rails.platform.http.Authenticator;
import ai.rails.platform.http.Principal;
import ai.rails.platform.http.Role;
import ai.rails.platform.identity.ProviderTokens;

/// Whose tokens open the public port. Where identity providers are registered, people come from
/// them alone, and the development issuer speaks for the installation's own parts only.
///
/// @param development the embedded default's own issuer
/// @param registered whether there are providers
record WhoMayEnter(Authenticator development, ProviderTokens providers, boolean registered)
    implements Authenticator {
  private static final Set<Role> PARTS = EnumSet.of(Role.SERVICE, Role.PLATFORM);

  @Override
  public Principal authenticate(String token) throws GeneralSecurityException {
    if (providers.knows(token)) {
      return providers.authenticate(token);
    }
    Principal principal = development.authenticate(token);
    if (registered && !PARTS.containsAll(principal.roles())) {
      throw new GeneralSecurityException("people come from the identity provider here");
    }
    return principal;
  }
}
