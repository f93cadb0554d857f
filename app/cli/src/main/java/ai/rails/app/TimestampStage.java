package ai.rails.app;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;

import org.jspecify.annotations.Nullable;

import ai.rails.app.embedded.EffectiveProperties;
import ai.rails.app.embedded.PrivateFile;
import ai.rails.platform.timestamp.AuthorityServer;
import ai.rails.platform.timestamp.DevelopmentRoot;

/// A time stamp authority of the installation's own, for development. Elsewhere `tsa.url` names one
/// that others run.
final class TimestampStage implements Stage {
  private volatile @Nullable AuthorityServer server;

  @Override
  public String name() {
    return "timestamps";
  }

  @Override
  public void start(EffectiveProperties properties) {
    Path directory = Path.of(properties.require("tsa.dir"));
    server =
        AuthorityServer.start(
            DevelopmentRoot.open(directory, InstantSource.system(), new SecureRandom()),
            new InetSocketAddress(
                InetAddress.getLoopbackAddress(), properties.requireInt("tsa.port")));
  }

  /// Makes key and certificates, so that the files are there before whoever reads them starts.
  static void ensure(Path directory) {
    PrivateFile.directory(directory);
    var _ = DevelopmentRoot.open(directory, InstantSource.system(), new SecureRandom());
  }

  @Override
  public void stop() {
    AuthorityServer running = server;
    if (running != null) {
      running.close();
      server = null;
    }
  }

  @Override
  public String health() {
    return server == null ? "down: not started" : "up";
  }
}
