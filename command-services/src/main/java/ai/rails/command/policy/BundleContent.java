package ai.rails.command.policy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

import ai.rails.platform.json.CanonicalJson;
import ai.rails.platform.opa.Bundles;

/// A bundle before it is signed.
///
/// @param name `platform`, `t_<tenant>` or `discovery`
/// @param scope last part of the signature's scope: `platform`, `tenant:<id>` or `discovery`
/// @param roots what of OPA's data it owns
/// @param files path to bytes; a `data.json` is canonical JSON of ASCII characters, for then its
///   bytes' hash is the hash that OPA computes from the parsed file
record BundleContent(
    String name, String scope, List<String> roots, SortedMap<String, byte[]> files) {
  static final String DISCOVERY = "discovery";
  private static final String TENANT = "tenant:";

  BundleContent {
    roots = List.copyOf(roots);
    files = new TreeMap<>(files);
    files.forEach(BundleContent::requireAscii);
  }

  static BundleContent platform(Map<String, byte[]> files) {
    return new BundleContent(
        Bundles.PLATFORM, Bundles.PLATFORM, List.of("airails", "platform"), new TreeMap<>(files));
  }

  static BundleContent tenant(String tenant, byte[] data) {
    String root = "tenants/" + tenant;
    return new BundleContent(
        Bundles.ofTenant(tenant),
        TENANT + tenant,
        List.of(root),
        new TreeMap<>(Map.of(root + "/data.json", data)));
  }

  static BundleContent discovery(Map<String, Object> config) {
    return new BundleContent(
        DISCOVERY,
        DISCOVERY,
        List.of(DISCOVERY),
        new TreeMap<>(
            Map.of("discovery/data.json", CanonicalJson.bytes(Map.of("config", config)))));
  }

  /// The tenant whose data it is; empty of other bundles.
  Optional<String> tenantId() {
    return scope.startsWith(TENANT)
        ? Optional.of(scope.substring(TENANT.length()))
        : Optional.empty();
  }

  /// SHA-256 over names and hashes of all files.
  String sha256() {
    List<Object> listing = new ArrayList<>();
    files.forEach((path, bytes) -> listing.add(List.of(path, CanonicalJson.sha256(bytes))));
    return CanonicalJson.sha256(CanonicalJson.bytes(listing));
  }

  private static void requireAscii(String path, byte[] bytes) {
    if (path.endsWith("/data.json")
        && !StandardCharsets.US_ASCII.newEncoder().canEncode(text(bytes))) {
      throw new IllegalArgumentException(path + " must have ASCII characters only");
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
