package ai.rails.platform.workflow;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

import ai.rails.domain.budget.Money;
import ai.rails.domain.workflow.Step;
import ai.rails.domain.workflow.Workflow;
import ai.rails.domain.workflow.Workflow.ConnectorPin;
import ai.rails.platform.json.CanonicalJson;

/// What a worker that runs a workflow needs: computing, secrets, domains and cost limits.
///
/// Secrets and domains are named by connector instance: which host and which credential stand
/// behind it is the tenant's, and may change without a new version.
final class DeploymentManifest {
  private static final long BASE_MEBIBYTES = 512;
  private static final long MEBIBYTES_PER_STEP = 8;

  private DeploymentManifest() {}

  static byte[] of(Workflow workflow, String artifactDigest) {
    Map<String, Object> instances = new TreeMap<>();
    TreeSet<String> secrets = new TreeSet<>();
    for (ConnectorPin pin : workflow.connectors().values()) {
      secrets.add(pin.instance());
      instances.put(
          pin.instance(),
          Map.of("connector", pin.connector(), "version", pin.version(), "digest", pin.digest()));
    }
    long memory = BASE_MEBIBYTES + MEBIBYTES_PER_STEP * workflow.steps().size();
    Map<String, Object> manifest = new TreeMap<>();
    manifest.put("apiVersion", "airails.dev/v1");
    manifest.put("kind", "Deployment");
    manifest.put("workflow", workflow.id());
    manifest.put("version", workflow.version());
    manifest.put("artifactDigest", artifactDigest);
    manifest.put("cpu", Map.of("millicores", 500L, "memoryMebibytes", memory));
    manifest.put(
        "gpu",
        workflow.workers().confidentialGpu()
            ? Map.of("count", (long) workflow.workers().gpus(), "confidential", true)
            : Map.of("count", 0L));
    manifest.put("secrets", List.copyOf(secrets));
    manifest.put("domains", instances);
    manifest.put("models", models(workflow));
    manifest.put("costLimits", cost(workflow.limits().cost()));
    manifest.put("timeLimits", Map.of("run", workflow.limits().duration().toString()));
    return CanonicalJson.bytes(manifest);
  }

  private static Map<String, Object> cost(Money cost) {
    return Map.of("currency", cost.currency(), "nanosPerRun", cost.nanos());
  }

  private static List<Object> models(Workflow workflow) {
    List<Object> models = new ArrayList<>();
    TreeSet<String> aliases = new TreeSet<>();
    for (Step step : workflow.steps()) {
      if (step.kind() == Step.Kind.AI) {
        step.call()
            .ifPresent(call -> call.choices().forEach(choice -> aliases.add(choice.connector())));
      }
    }
    for (String alias : aliases) {
      ConnectorPin pin = workflow.connectors().get(alias);
      if (pin != null) {
        models.add(Map.of("connector", pin.connector(), "model", pin.model().orElse("")));
      }
    }
    return models;
  }
}
