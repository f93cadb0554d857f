package ai.rails.enclave.runner;

import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

import ai.rails.connector.Connectors;
import ai.rails.connector.PublishedConnectors;
import ai.rails.platform.config.Settings;

/// What a runner is started with. Who it is stands in its certificate, not here.
///
/// @param controlPlane `runner.url`: `https://host:port` of the worker protocol
/// @param identity `runner.tls.file`: PKCS#12 with the runner's key and certificate
/// @param authority `tls.ca.file`: PEM of the control plane's certificate authority
/// @param key `runner.key.file`: made at the first start; keep it apart from the spool
/// @param spool `data.dir`, in which the spool lies
/// @param calls `runner.spool.calls`: most calls that the spool holds
/// @param bytes `runner.spool.bytes`: most bytes that it holds
/// @param kept `runner.spool.kept`: how long an outcome that was handed in stays
/// @param pause `runner.pause`: between two requests for calls
public record RunnerConfig(
    Settings settings,
    URI controlPlane,
    Path identity,
    Path authority,
    Path key,
    Path spool,
    int calls,
    long bytes,
    Duration kept,
    Duration pause) {
  /// @throws IllegalArgumentException naming a missing or wrong setting
  public static RunnerConfig of(Settings settings) {
    return new RunnerConfig(
        settings,
        settings.address("runner.url"),
        settings.path("runner.tls.file"),
        settings.path("tls.ca.file"),
        settings.path("runner.key.file"),
        settings.path("data.dir").resolve("spool"),
        settings.integer("runner.spool.calls", 1_000),
        settings.integer("runner.spool.bytes", 512 << 20),
        settings.duration("runner.spool.kept", Duration.ofHours(1)),
        settings.duration("runner.pause", Duration.ofMillis(500)));
  }

  /// Opens the PKCS#12 file.
  String identityPassword() {
    return settings.required("runner.tls.password");
  }

  /// The egress proxy beside the runner, its only way out: `egress.host`, `egress.port`.
  InetSocketAddress proxy() {
    return new InetSocketAddress(
        settings.text("egress.host", "127.0.0.1"), settings.port("egress.port"));
  }

  /// This build's connectors, and those published to `connectors.dir`.
  Connectors connectors() {
    return settings
        .text("connectors.dir")
        .map(directory -> new PublishedConnectors(Path.of(directory)).load())
        .orElseGet(Connectors::builtIn);
  }

  /// Authorities that the gateway trusts instead of the JDK's: `runner.gateway.ca.file`, PEM.
  Optional<Path> worldAuthorities() {
    return settings.text("runner.gateway.ca.file").map(Path::of);
  }
}
