package ai.rails.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import ai.rails.app.embedded.EffectiveProperties;
import ai.rails.app.embedded.PrivateFile;
import ai.rails.app.embedded.Unavailable;
import ai.rails.simulator.DevelopmentIntel;
import ai.rails.simulator.DevelopmentPcs;
import ai.rails.simulator.SimulatedImage;

/// The simulated confidential machine of this installation, made anew at each start: its root, its
/// collateral over HTTP where Intel's service would be, and the file from which workers' guests are
/// simulated. It proves that the protocol works, and nothing about hardware.
final class PlatformStage implements Stage {
  private static final String PORT = "attestation.pccs.port";

  private final Path directory;
  private final InstantSource clock;
  private volatile @Nullable DevelopmentPcs running;

  PlatformStage(Path data, InstantSource clock) {
    this.directory = data.resolve("simulator");
    this.clock = clock;
  }

  /// What the write side is told of it.
  static Map<String, String> properties(Path data, int port) {
    return Map.of(
        "attestation.kinds",
        "SIMULATOR",
        "attestation.measurements",
        SimulatedImage.name(),
        "attestation.root.file",
        data.resolve("simulator").resolve("root.der").toString(),
        PORT,
        String.valueOf(port),
        "attestation.pccs.url",
        "http://127.0.0.1:" + port);
  }

  /// The file from which a worker's guest is simulated.
  static Path platform(Path data) {
    return data.resolve("simulator").resolve("platform.pem");
  }

  @Override
  public String name() {
    return "simulated platform";
  }

  @Override
  public void start(EffectiveProperties properties) {
    DevelopmentIntel intel = DevelopmentIntel.create(clock.instant(), new SecureRandom());
    try {
      Files.createDirectories(directory);
      Files.write(directory.resolve("root.der"), intel.root().toArray());
      PrivateFile.write(directory.resolve("platform.pem"), intel.platform().pem());
      running = DevelopmentPcs.start(intel, properties.requireInt(PORT), clock);
    } catch (IOException e) {
      throw new Unavailable("the simulated platform did not start: " + e.getMessage(), e);
    }
  }

  @Override
  public void stop() {
    DevelopmentPcs server = running;
    if (server != null) {
      server.close();
      running = null;
    }
  }

  @Override
  public String health() {
    return running == null ? "down: not started" : "up";
  }
}
