package ai.rails.app;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;

import ai.rails.app.embedded.Unavailable;
import ai.rails.platform.config.Settings;
import ai.rails.platform.http.Authenticator;
import ai.rails.platform.http.DevelopmentIssuer;
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

  /// Whoever can read the data directory is anybody: that is for one person's machine.
  ///
  /// @throws Unavailable in a production installation, before there is a key
  static DevelopmentIssuer developmentIssuer(
      Settings settings, Path data, InstantSource clock, Supplier<UUID> ids)
      throws IOException, GeneralSecurityException {
    if (settings.required("environment.kind").equals("production")) {
      throw new Unavailable(
          "environment.kind is production, where nobody issues development tokens: register an"
              + " identity provider (identity.<name>.*)");
    }
    return DevelopmentIssuer.open(data, clock, () -> ids.get().toString());
  }

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
