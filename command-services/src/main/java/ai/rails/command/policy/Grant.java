package ai.rails.command.policy;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// Leave to use one action of one exact connector from exact workflow versions.
///
/// @param tool connector name, for example `servicenow`
/// @param action for example `get-incident`
/// @param connectorDigest `sha256:` and 64 hex digits
/// @param environments for example `dev`
/// @param workflowDigests artifacts that may use it
/// @param hosts allowed hosts; empty leaves the host to the connector instance
/// @param params rules on disclosed parameters
/// @param quorum approvals beyond the risk tier's own, or 0
/// @param taintedQuorum the same when untrusted content reached the call
public record Grant(
    String tool,
    String action,
    String connectorDigest,
    List<String> environments,
    List<String> workflowDigests,
    List<String> hosts,
    Map<String, ParamRule> params,
    int quorum,
    int taintedQuorum) {
  public Grant {
    environments = List.copyOf(environments);
    workflowDigests = List.copyOf(workflowDigests);
    hosts = List.copyOf(hosts);
    params = Map.copyOf(params);
  }

  /// A grant without rules of its own.
  public static Grant of(
      String tool,
      String action,
      String connectorDigest,
      List<String> environments,
      List<String> workflowDigests) {
    return new Grant(
        tool, action, connectorDigest, environments, workflowDigests, List.of(), Map.of(), 0, 0);
  }

  public Grant withHosts(List<String> allowed) {
    return new Grant(
        tool,
        action,
        connectorDigest,
        environments,
        workflowDigests,
        allowed,
        params,
        quorum,
        taintedQuorum);
  }

  public Grant withParams(Map<String, ParamRule> rules) {
    return new Grant(
        tool,
        action,
        connectorDigest,
        environments,
        workflowDigests,
        hosts,
        rules,
        quorum,
        taintedQuorum);
  }

  Map<String, Object> json() {
    Map<String, Object> json = new HashMap<>();
    json.put("enabled", true);
    json.put("connector_digest", connectorDigest);
    json.put("environments", sorted(environments));
    json.put("workflow_digests", sorted(workflowDigests));
    json.put("quorum", quorum);
    json.put("tainted_quorum", taintedQuorum);
    if (!hosts.isEmpty()) {
      json.put("hosts", sorted(hosts));
    }
    Map<String, Object> rules = new HashMap<>();
    params.forEach((name, rule) -> rules.put(name, rule.json()));
    json.put("params", rules);
    return json;
  }

  private static List<String> sorted(List<String> values) {
    return List.copyOf(new TreeSet<>(values));
  }
}
