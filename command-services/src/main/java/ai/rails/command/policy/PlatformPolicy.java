package ai.rails.command.policy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

import ai.rails.platform.json.CanonicalJson;
import ai.rails.platform.json.StrictJson;

/// The Rego and the platform's data that this build carries.
public final class PlatformPolicy {
  // A class path has no directory listing; a test compares this with the folder.
  static final List<String> REGO =
      List.of(
          "airails/api_authz/decision.rego",
          "airails/approval/decision.rego",
          "airails/approval/tiers.rego",
          "airails/approval/valid.rego",
          "airails/budget/decision.rego",
          "airails/key_release/decision.rego",
          "airails/lib/decision/decision.rego",
          "airails/lib/freshness/freshness.rego",
          "airails/lib/models/models.rego",
          "airails/lib/money/money.rego",
          "airails/policy_lint/findings.rego",
          "airails/reveal/decision.rego",
          "airails/routing/decision.rego",
          "airails/routing/routes.rego",
          "airails/templates/access_change.rego",
          "airails/templates/external_publishing.rego",
          "airails/templates/money_movement.rego",
          "airails/templates/pii.rego",
          "airails/templates/templates.rego",
          "airails/tool_action/decision.rego",
          "airails/tool_action/exceptions.rego",
          "airails/tool_action/grants.rego",
          "airails/tool_action/params.rego",
          "airails/tool_action/pauses.rego",
          "airails/tool_action/risk.rego",
          "airails/tool_action/routes.rego",
          "airails/tool_action/runners.rego",
          "airails/workflow_lint/findings.rego");

  private PlatformPolicy() {}

  static SortedMap<String, byte[]> files() {
    SortedMap<String, byte[]> files = new TreeMap<>();
    REGO.forEach(path -> files.put(path, resource("/policies/rego/" + path)));
    files.put("platform/data.json", canonical(resource("/policies/data/platform/data.json")));
    return files;
  }

  /// The rules of OPA's own API, which OPA must have before any bundle.
  public static byte[] systemAuthz() {
    return resource("/policies/rego/system/authz/authz.rego");
  }

  static byte[] resource(String name) {
    try (InputStream in = PlatformPolicy.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException(name + " is not in this build");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(name, e);
    }
  }

  private static byte[] canonical(byte[] json) {
    try {
      return CanonicalJson.bytes(StrictJson.read(json));
    } catch (IOException e) {
      throw new UncheckedIOException("the platform's data is not JSON", e);
    }
  }
}
