package ai.rails.app;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.app.embedded.EffectiveProperties;
import ai.rails.app.embedded.Unavailable;
import ai.rails.platform.config.Settings;
import ai.rails.platform.http.DevelopmentIssuer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/// Where development tokens may be issued. That nothing outside of the launcher knows the issuer is
/// a rule of `ArchitectureTest`.
final class WhoMayEnterTest {
  @TempDir private Path data;

  @Test
  void productionHasNoDevelopmentIssuerAndMakesNoKeyOfOne() {
    assertThatThrownBy(() -> issuer("production"))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("register an identity provider");

    assertThat(data).isEmptyDirectory();
  }

  @Test
  void theEmbeddedDefaultHasOneAndSaysSoInEveryToken() throws Exception {
    assertThat(issuer("development").jwks()).contains("\"keys\"");
    assertThat(DevelopmentIssuer.ISSUER).contains("development");
    assertThat(data.resolve("development-issuer.keyset")).exists();
  }

  @Test
  void noFileOfServersMakesTheEmbeddedDefaultAProductionInstallation() {
    Path file = data.resolve("servers.properties");
    new EffectiveProperties(new TreeMap<>(Map.of("environment.kind", "production"))).write(file);

    assertThatThrownBy(() -> Elsewhere.read(file))
        .isInstanceOf(Unavailable.class)
        .hasMessageContaining("environment.kind");
  }

  private DevelopmentIssuer issuer(String kind) throws Exception {
    return WhoMayEnter.developmentIssuer(
        Settings.of(Map.of("environment.kind", kind)),
        data,
        InstantSource.system(),
        () -> new UUID(1, 2));
  }
}
