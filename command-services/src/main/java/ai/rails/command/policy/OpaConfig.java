package ai.rails.command.policy;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;

import ai.rails.platform.json.CanonicalJson;

/// The files and arguments of an OPA sidecar.
///
/// OPA learns which bundles there are from the signed discovery bundle, so that a new tenant needs
/// neither a new file nor a restart. Every bundle must be signed with our key and for its own
/// scope.
///
/// @param service base of the bundle server, for example `http://127.0.0.1:8080/policy/v1`
/// @param serviceToken file with the bearer token that OPA shows there. OPA reads it for each
///   request, so that whoever issues tokens can renew it; it is a secret
/// @param decisionToken token of the decision point, `opa.token`
/// @param probeToken token that reads health and metrics only
/// @param directory where OPA keeps bundles over a restart
public record OpaConfig(
    BundleSettings settings,
    URI service,
    Path serviceToken,
    String decisionToken,
    String probeToken,
    String keyId,
    String publicKeyPem,
    Path directory) {
  private static final Map<String, Object> LONG_POLLING =
      Map.of("long_polling_timeout_seconds", 20, "min_delay_seconds", 1, "max_delay_seconds", 5);

  /// The configuration file (JSON, which is YAML).
  public String yaml() {
    Map<String, Object> policy =
        Map.of(
            "url", service.toString(),
            "response_header_timeout_seconds", 45,
            "credentials", Map.of("bearer", Map.of("token_path", serviceToken.toString())));
    return CanonicalJson.text(
        Map.of(
            "labels", Map.of("env", settings.env(), "cell", settings.cell()),
            "services", Map.of("policy", policy),
            "keys", Map.of(keyId, Map.of("algorithm", "ES256", "key", publicKeyPem)),
            "discovery", discovery(),
            "status", Map.of("prometheus", true),
            "persistence_directory", directory.toString()));
  }

  private Map<String, Object> discovery() {
    Map<String, Object> discovery = bundle(settings, BundleContent.DISCOVERY);
    discovery.put("decision", "discovery/config");
    return discovery;
  }

  /// The hashes of the tokens that OPA takes, as the data file `local.json` beside
  /// [PlatformPolicy#systemAuthz()].
  public String localData() {
    return CanonicalJson.text(
        Map.of(
            "local",
            Map.of("tokens", Map.of(sha256(decisionToken), "pep", sha256(probeToken), "probe"))));
  }

  /// OPA's arguments after the binary's name.
  ///
  /// @param address for example `127.0.0.1:8181`
  /// @param config file with [#yaml()]
  /// @param authz file with [PlatformPolicy#systemAuthz()]
  /// @param local file with [#localData()]
  public static List<String> arguments(String address, Path config, Path authz, Path local) {
    return List.of(
        "run",
        "--server",
        "--addr=" + address,
        "--authentication=token",
        "--authorization=basic",
        "--disable-telemetry",
        "--log-format=json",
        "--log-level=error",
        "--config-file=" + config,
        authz.toString(),
        local.toString());
  }

  /// What the discovery bundle says.
  static Map<String, Object> bundles(BundleSettings settings, SortedSet<String> names) {
    Map<String, Object> bundles = new HashMap<>();
    names.forEach(name -> bundles.put(name, bundle(settings, name)));
    return Map.of("bundles", bundles);
  }

  private static Map<String, Object> bundle(BundleSettings settings, String name) {
    String scope = name.startsWith("t_") ? "tenant:" + name.substring(2) : name;
    Map<String, Object> bundle = new HashMap<>();
    bundle.put("service", "policy");
    bundle.put("resource", "bundles/%s.tar.gz".formatted(name));
    bundle.put("persist", true);
    bundle.put("polling", LONG_POLLING);
    bundle.put(
        "signing", Map.of("scope", "%s|%s|%s".formatted(settings.env(), settings.cell(), scope)));
    if (!name.equals(BundleContent.DISCOVERY)) {
      bundle.put("size_limit_bytes", 8 << 20);
    }
    return bundle;
  }

  private static String sha256(String token) {
    return CanonicalJson.sha256(token.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public String toString() {
    return "OpaConfig[service=%s, tokens=hidden]".formatted(service);
  }
}
