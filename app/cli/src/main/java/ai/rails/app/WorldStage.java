package ai.rails.app;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;
import javax.net.ssl.SSLContext;

import org.jspecify.annotations.Nullable;

import ai.rails.app.demo.World;
import ai.rails.app.embedded.EffectiveProperties;
import ai.rails.app.embedded.IssuedCertificate;
import ai.rails.app.embedded.Unavailable;
import ai.rails.platform.http.Tls;

/// The stand-ins of the outside world, under the development CA.
final class WorldStage implements Stage {
  private final Embedded embedded;
  private volatile @Nullable World world;

  WorldStage(Embedded embedded) {
    this.embedded = embedded;
  }

  @Override
  public String name() {
    return "stand-ins";
  }

  @Override
  public void start(EffectiveProperties properties) {
    IssuedCertificate certificate = embedded.ca().server("world", World.hosts());
    try {
      SSLContext tls =
          Tls.context(
              certificate.pkcs12(),
              properties.require("tls.store.password"),
              embedded.ca().certificateFile());
      world =
          World.start(
              embedded.worldPorts(),
              secrets(),
              tls,
              embedded.data().root().resolve("world"),
              InstantSource.system(),
              new SecureRandom());
    } catch (java.io.IOException | GeneralSecurityException e) {
      throw new Unavailable("the stand-ins have no usable certificate", e);
    }
  }

  World.Secrets secrets() {
    return World.Secrets.of(embedded.secrets());
  }

  /// @throws Unavailable before it has started
  World world() {
    return Optional.ofNullable(world)
        .orElseThrow(() -> new Unavailable("the stand-ins have not started"));
  }

  @Override
  public void stop() {
    World running = world;
    if (running != null) {
      running.close();
      world = null;
    }
  }

  @Override
  public String health() {
    return world == null ? "down: not started" : "up";
  }
}
