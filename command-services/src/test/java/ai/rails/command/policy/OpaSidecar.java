package ai.rails.command.policy;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import org.junit.jupiter.api.Assumptions;

import static org.assertj.core.api.Assertions.assertThat;

/// A real OPA on a loopback port.
final class OpaSidecar implements AutoCloseable {
  static final String TOKEN = "decision-token";

  private final Path directory;
  private final OpaConfig config;
  private final int port;
  private Process process;

  OpaSidecar(Path directory, BundleServer server, BundleSettings settings, BundleSigner signer)
      throws IOException {
    this.directory = directory;
    this.config =
        new OpaConfig(
            settings,
            server.url(),
            Files.writeString(directory.resolve("service.token"), BundleServer.TOKEN),
            TOKEN,
            "probe-token",
            signer.keyId(),
            signer.publicKeyPem(),
            directory.resolve("persisted"));
    this.port = freePort();
    start();
  }

  void start() throws IOException {
    Path yaml = Files.writeString(directory.resolve("opa.yaml"), config.yaml());
    Path authz = Files.write(directory.resolve("authz.rego"), PlatformPolicy.systemAuthz());
    Path local = Files.writeString(directory.resolve("local.json"), config.localData());
    List<String> command = new ArrayList<>(List.of(binary()));
    command.addAll(OpaConfig.arguments("127.0.0.1:" + port, yaml, authz, local));
    process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("opa.log").toFile())
            .start();
  }

  /// Whoever issues tokens has renewed the one for the bundle server.
  void renewToken(String token) throws IOException {
    Files.writeString(directory.resolve("service.token"), token);
  }

  URI url() {
    return URI.create("http://127.0.0.1:" + port);
  }

  String log() throws IOException {
    return Files.readString(directory.resolve("opa.log"));
  }

  void signal(String name) throws IOException, InterruptedException {
    Process kill =
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).inheritIO().start();
    assertThat(kill.waitFor(5, TimeUnit.SECONDS)).isTrue();
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }

  // A missing OPA is a failure where it must be there, and else skipped aloud.
  static String binary() {
    Stream<Path> known =
        Stream.of(
            Path.of(".tools/bin/opa"),
            Path.of("../.tools/bin/opa"),
            Path.of(System.getProperty("user.home"), ".cache/airails/opa-1.22.0/opa"));
    Stream<Path> onPath =
        Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
            .map(part -> Path.of(part, "opa"));
    String found =
        Stream.concat(known, onPath)
            .filter(Files::isExecutable)
            .map(path -> path.toAbsolutePath().toString())
            .findFirst()
            .orElse("");
    if (System.getenv("CI") != null) {
      assertThat(found).as("OPA 1.22.0 must be installed in CI").isNotEmpty();
    }
    Assumptions.assumeFalse(found.isEmpty(), "OPA 1.22.0 is not installed");
    return found;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
