package ai.rails.command.policy;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.domain.Refused;
import ai.rails.domain.policy.PolicyBundleEvent.PauseScope;
import ai.rails.platform.json.CanonicalJson;
import ai.rails.platform.json.StrictJson;

/// Writes a tenant's policy data: what is granted, to whom, and who may approve. What is not
/// written here is denied. One thread owns an instance.
public final class TenantGrants {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String WORKFLOWS = "workflow_digests";

  private final ObjectNode root;

  private TenantGrants(ObjectNode root) {
    this.root = root;
  }

  /// A tenant that grants nothing.
  public static TenantGrants none() {
    ObjectNode root = JSON.createObjectNode().put("schema", "airails.tenant_data/1");
    root.putObject("tools");
    root.putObject("principals");
    root.putArray("auditors");
    return new TenantGrants(root);
  }

  /// Goes on from data as [#json()] made it.
  ///
  /// @throws Refused with INVALID
  public static TenantGrants read(byte[] json) {
    try {
      if (StrictJson.read(json) instanceof ObjectNode root) {
        return new TenantGrants(root.deepCopy());
      }
    } catch (IOException e) {
      throw new Refused(Refused.Code.INVALID, "policy data must be one JSON object");
    }
    throw new Refused(Refused.Code.INVALID, "policy data must be one JSON object");
  }

  /// Grants an action. On the same terms (connector, environments, hosts, rules, quorum) the
  /// workflow versions that had it keep it, since their runs go on; on other terms the grant is
  /// replaced, for nobody may get by it what was granted to another.
  public TenantGrants allow(Grant grant) {
    ObjectNode terms = JSON.valueToTree(grant.json());
    JsonNode before = actions(grant.tool()).path(grant.action());
    if (before instanceof ObjectNode had
        && had.deepCopy().without(WORKFLOWS).equals(terms.deepCopy().without(WORKFLOWS))) {
      had.path(WORKFLOWS).forEach(version -> add(terms, WORKFLOWS, version.asText()));
    }
    actions(grant.tool()).set(grant.action(), terms);
    return this;
  }

  /// Takes a grant back.
  public TenantGrants revoke(String tool, String action) {
    actions(tool).remove(action);
    return this;
  }

  /// Forgets all people, so that those of the store can be written.
  public TenantGrants withoutPrincipals() {
    root.putObject("principals");
    return this;
  }

  /// Sets what a person or service may do, for example `approver`.
  public TenantGrants principal(String subject, List<String> roles) {
    ObjectNode principal = child(root, "principals").putObject(subject);
    fill(principal.putArray("roles"), roles);
    return this;
  }

  /// Names who may read evidence and therefore may not approve.
  public TenantGrants auditors(List<String> subjects) {
    fill(root.putArray("auditors"), subjects);
    return this;
  }

  /// Stops something; `code` says why.
  public TenantGrants pause(PauseScope scope, String target, String code) {
    child(child(root, "pauses"), scope.name()).put(target, code);
    return this;
  }

  /// Lets something go on.
  public TenantGrants resume(PauseScope scope, String target) {
    child(child(root, "pauses"), scope.name()).remove(target);
    return this;
  }

  Optional<Integer> approvalsPerHour() {
    JsonNode most = root.path("approvals").path("max_per_hour");
    return most.isInt() ? Optional.of(most.intValue()) : Optional.empty();
  }

  /// Takes over what is stopped: a draft changes nothing of it.
  TenantGrants withPausesOf(TenantGrants other) {
    root.remove("pauses");
    if (other.root.path("pauses") instanceof ObjectNode pauses) {
      root.set("pauses", pauses.deepCopy());
    }
    return this;
  }

  /// Lets something by until a time; by its schema.
  TenantGrants exception(String name, Map<String, Object> exception) {
    child(root, "exceptions").set(name, JSON.valueToTree(exception));
    return this;
  }

  TenantGrants withoutException(String name) {
    child(root, "exceptions").remove(name);
    return this;
  }

  /// Groups of approvers with their members.
  Map<String, List<String>> groups() {
    Map<String, List<String>> groups = new TreeMap<>();
    root.path("groups")
        .propertyStream()
        .forEach(group ->
            groups.put(
                group.getKey(), group.getValue().valueStream().map(JsonNode::asText).toList()));
    return groups;
  }

  JsonNode pauses(PauseScope scope) {
    return root.path("pauses").path(scope.name());
  }

  /// The data itself, to be changed.
  ObjectNode tree() {
    return root;
  }

  ObjectNode exceptions() {
    return root.get("exceptions") instanceof ObjectNode all ? all : JSON.createObjectNode();
  }

  /// The currency of the tenant's budgets.
  public TenantGrants currency(String currency) {
    root.putObject("budget").put("currency", currency);
    return this;
  }

  /// Allows a model provider, with exact models and regions.
  public TenantGrants provider(String provider, List<String> models, List<String> regions) {
    ObjectNode json = child(root, "providers").putObject(provider).put("enabled", true);
    fill(json.putArray("models"), models);
    fill(json.putArray("regions"), regions);
    return this;
  }

  /// Says which workers get keys in an environment.
  ///
  /// @param kinds of evidence: `TDX`, `SEV_SNP`, `SIMULATOR`
  public TenantGrants keyRelease(
      String environment,
      List<String> kinds,
      List<String> measurements,
      List<String> workflowDigests) {
    ObjectNode json = child(root, "key_release").putObject(environment);
    fill(json.putArray("kinds"), kinds);
    fill(json.putArray("measurements"), measurements);
    fill(json.putArray(WORKFLOWS), workflowDigests);
    return this;
  }

  /// Lets workers of a workflow version have keys in an environment, beside those that may already:
  /// runs stay on their version, so an earlier version's workers still need theirs.
  ///
  /// @param kinds of evidence: `TDX`, `SEV_SNP`, `SIMULATOR`
  /// @param measurements names of images
  public TenantGrants admitWorkers(
      String environment, List<String> kinds, List<String> measurements, String workflowDigest) {
    ObjectNode json = child(child(root, "key_release"), environment);
    for (String each : List.of("kinds", "measurements")) {
      if (!json.has(each)) {
        json.putArray(each);
      }
    }
    kinds.forEach(kind -> add(json, "kinds", kind));
    measurements.forEach(measurement -> add(json, "measurements", measurement));
    add(json, WORKFLOWS, workflowDigest);
    return this;
  }

  /// Lets a new workflow version use what is granted in an environment, keys included.
  public TenantGrants admitWorkflow(String environment, String artifactDigest) {
    for (JsonNode tool : child(root, "tools")) {
      for (JsonNode action : tool.path("actions")) {
        boolean here =
            action.path("environments").valueStream().anyMatch(e -> e.asText().equals(environment));
        if (here && action instanceof ObjectNode grant) {
          add(grant, WORKFLOWS, artifactDigest);
        }
      }
    }
    if (root.path("key_release").path(environment) instanceof ObjectNode release) {
      add(release, WORKFLOWS, artifactDigest);
    }
    return this;
  }

  /// Canonical JSON, for [PolicyBundles#publish].
  public byte[] json() {
    return CanonicalJson.bytes(root);
  }

  private ObjectNode actions(String tool) {
    return child(child(child(root, "tools"), tool), "actions");
  }

  private static ObjectNode child(ObjectNode parent, String name) {
    return parent.get(name) instanceof ObjectNode child ? child : parent.putObject(name);
  }

  private static void add(ObjectNode parent, String name, String value) {
    TreeSet<String> values = new TreeSet<>(List.of(value));
    parent.path(name).forEach(node -> values.add(node.asText()));
    fill(parent.putArray(name), List.copyOf(values));
  }

  private static void fill(ArrayNode array, List<String> values) {
    new TreeSet<>(values).forEach(array::add);
  }
}
