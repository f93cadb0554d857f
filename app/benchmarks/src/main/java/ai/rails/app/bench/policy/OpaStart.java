package ai.rails.app.bench.policy;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import ai.rails.app.embedded.OpaBinary;
import ai.rails.app.embedded.Ports;
import ai.rails.app.embedded.PrivateFile;
import ai.rails.app.embedded.Secrets;
import ai.rails.command.policy.BundleSettings;
import ai.rails.command.policy.BundleSigner;
import ai.rails.command.policy.OpaConfig;
import ai.rails.command.policy.PlatformPolicy;

import static java.nio.charset.StandardCharsets.UTF_8;

/// How OPA is started for a benchmark: with the product's own configuration.
///
/// @param port loopback
/// @param arguments binary first
record OpaStart(int port, List<String> arguments) {
  OpaStart {
    arguments = List.copyOf(arguments);
  }

  /// @param name of its directory and its port; a cell may have several
  static OpaStart write(
      String name,
      Path data,
      Map<String, String> environment,
      BundleSettings settings,
      BundleSigner signer,
      Secrets secrets,
      Ports ports,
      int bundlePort)
      throws IOException {
    Path home = Path.of(environment.getOrDefault("AIRAILS_HOME", "."));
    OpaBinary binary = OpaBinary.find(environment, home);
    Path directory = Files.createDirectories(data.resolve(name));
    Path token = directory.resolve("service.token");
    PrivateFile.write(token, secrets.of("bundle.token"));
    OpaConfig config =
        new OpaConfig(
            settings,
            URI.create("http://127.0.0.1:" + bundlePort + "/policy/v1"),
            token,
            secrets.of("opa.token"),
            secrets.of("opa.probe.token"),
            signer.keyId(),
            signer.publicKeyPem(),
            directory.resolve("bundles"));
    PrivateFile.write(directory.resolve("opa.yaml"), config.yaml());
    PrivateFile.write(
        directory.resolve("authz.rego"), new String(PlatformPolicy.systemAuthz(), UTF_8));
    PrivateFile.write(directory.resolve("local.json"), config.localData());
    int port = ports.of(name);
    List<String> arguments = new ArrayList<>(List.of(binary.path().toString()));
    arguments.addAll(
        OpaConfig.arguments(
            "127.0.0.1:" + port,
            directory.resolve("opa.yaml"),
            directory.resolve("authz.rego"),
            directory.resolve("local.json")));
    return new OpaStart(port, arguments);
  }

  /// The egress proxy's command line, on this process's class path.
  static List<String> java(Path properties) {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-Xmx192m",
        "-cp",
        System.getProperty("java.class.path"),
        "ai.rails.enclave.egress.EgressProxy",
        properties.toString(),
        "--exit-with-parent");
  }
}
