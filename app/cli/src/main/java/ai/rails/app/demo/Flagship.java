package ai.rails.app.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.UnaryOperator;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.app.embedded.Unavailable;
import ai.rails.app.http.Api;
import ai.rails.command.CommandServices;
import ai.rails.connector.Connectors;

/// The flagship `itsm-triage` set up for a tenant of its own, through the public API and nothing
/// else. What exists is found again.
public final class Flagship {
  public static final String ENVIRONMENT = "dev";
  public static final String WORKFLOW = "itsm-triage";
  public static final String SERVICE_NOW = "servicenow-main";
  public static final String SLACK = "slack-main";
  public static final String SERVICE_NOW_HOST = "airails-demo.service-now.com";
  public static final String SLACK_HOST = "slack.com";
  public static final String CHANNEL = "C0APPROVALS";

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Api api;
  private final People people;
  private final World.Secrets secrets;
  private final String tenant;
  private final String workspace;
  private final Tenancy tenancy;

  /// @param tenant opaque id; made when it does not exist
  public Flagship(Api api, People people, World.Secrets secrets, String tenant, String workspace) {
    this.api = api;
    this.people = people;
    this.secrets = secrets;
    this.tenant = tenant;
    this.workspace = workspace;
    this.tenancy = new Tenancy(api, people, tenant, workspace);
  }

  public String tenant() {
    return tenant;
  }

  public String workspace() {
    return workspace;
  }

  public Api api() {
    return api;
  }

  Tenancy tenancy() {
    return tenancy;
  }

  public People people() {
    return people;
  }

  /// Creates the tenant and waits until its topics and principals exist.
  public void admit() {
    tenancy.admit();
  }

  /// Gives people their roles and links the approver's Slack identity.
  public void invite() {
    tenancy.invite();
  }

  /// Gives a person one role.
  public void role(String subject, String role) {
    tenancy.role(subject, role);
  }

  /// Configures ServiceNow, Slack and the model, and seals their credentials to the worker.
  public void connect(List<String> categories, PinnedModel model) {
    instance(SERVICE_NOW, "servicenow", SERVICE_NOW_HOST, World.settings(categories));
    instance(SLACK, "slack", SLACK_HOST, Map.of("channel", CHANNEL));
    instance(model.instance(), model.connector(), model.host(), Map.of());
    model.apiKey().ifPresent(key -> tenancy.credential(model.instance(), Map.of("api_key", key)));
    tenancy.credential(
        SERVICE_NOW,
        Map.of("client_id", secrets.clientId(), "client_secret", secrets.clientSecret()));
    tenancy.credential(SLACK, Map.of("token", secrets.slackToken()));
    tenancy.webhookSecret(SERVICE_NOW, secrets.webhookSecret());
    tenancy.webhookSecret(SLACK, secrets.slackSigningSecret());
  }

  private void instance(String id, String connector, String host, Map<String, Object> settings) {
    String digest = Connectors.builtIn().named(connector, "1.0.0").orElseThrow().digest();
    tenancy.instance(id, connector, digest, host, settings);
  }

  /// Publishes the workflow with a pinned model and grants what it needs.
  ///
  /// @param mayWrite categories that it may write
  /// @return the artifact's digest
  public String publish(PinnedModel model, List<String> mayWrite) {
    return publish(model, mayWrite, UnaryOperator.identity());
  }

  /// The same of a workflow that differs from the pack's.
  public String publish(
      PinnedModel model, List<String> mayWrite, UnaryOperator<String> difference) {
    String digest = tenancy.publish(difference.apply(Source.workflow(model)));
    tenancy.grant(
        WORKFLOW,
        List.of(
            Map.of("connector", "servicenow", "action", "get-incident"),
            Map.of(
                "connector",
                "servicenow",
                "action",
                "update-incident",
                "allowed",
                Map.of("category", mayWrite.stream().map(World::choice).toList())),
            Map.of("connector", "slack", "action", "post-approval"),
            Map.of("connector", "model", "action", "triage")));
    return digest;
  }

  /// Waits until policy knows the tenant and a worker holds its keys.
  public void awaitReady(CommandServices services) {
    awaitReady(services, WORKFLOW);
  }

  void awaitReady(CommandServices services, String workflow) {
    Waiter.until(
        "fresh policy for tenant " + tenant,
        PATIENCE,
        () -> services.policyProblem(tenant).isEmpty() ? Optional.of(true) : Optional.empty());
    String digest =
        services.activeWorkflows().getOrDefault(tenant, List.of()).stream()
            .filter(active -> active.workflow().equals(workflow))
            .map(active -> active.digest())
            .findFirst()
            .orElseThrow(() -> new Unavailable(workflow + " is not active"));
    Waiter.until(
        "key release to a worker",
        PATIENCE,
        () -> services.workerHasKeys(tenant, digest) ? Optional.of(true) : Optional.empty());
  }

  /// Where ServiceNow's business rule sends its webhooks.
  public java.net.URI hook() {
    return api.uri("/v1/hooks/%s/%s/servicenow".formatted(tenant, SERVICE_NOW));
  }

  /// Where Slack sends button presses.
  public java.net.URI interactivity() {
    return api.uri("/v1/slack/%s/%s/interactivity".formatted(tenant, SLACK));
  }

  /// The gates that wait for somebody.
  public JsonNode openGates() {
    return api.get(people.operator(tenant), "/v1/gates?limit=200").ok().path("items");
  }

  public JsonNode run(String run) {
    return api.get(people.operator(tenant), "/v1/runs/" + run).ok();
  }

  /// Decides about a gate through the API.
  public Api.Answer decide(String subject, JsonNode gate, String verdict) {
    return api.post(
        people.approver(tenant, subject),
        "/v1/runs/%s/gates/%s/decisions"
            .formatted(gate.path("run").asText(), gate.path("gate").asText()),
        Map.of("verdict", verdict, "callDigest", gate.path("callDigest").asText()));
  }

  /// Ids that are new in each installation.
  public static String newId() {
    return UUID.randomUUID().toString();
  }

  /// The workflow's source.
  static final class Source {
    private static final String RESOURCE = "/packs/itsm/itsm-triage.yaml";
    private static final java.util.regex.Pattern PIN =
        java.util.regex.Pattern.compile(
            "connector: offline-classifier,.* model: \"?([^ \"}]+)\"?}");

    private Source() {}

    /// The pack's YAML; another pinned model makes another version of it.
    static String workflow(PinnedModel model) {
      String yaml = text();
      if (pinned(yaml).equals(model.model())) {
        return yaml;
      }
      String pin =
          "  model: {connector: %s, version: 1.0.0, instance: %s, model: \"%s\"}"
              .formatted(model.connector(), model.instance(), model.model());
      StringBuilder parameters = new StringBuilder("$0");
      new TreeMap<>(model.parameters())
          .forEach((name, value) -> parameters.append("\n      %s: %s".formatted(name, value)));
      return yaml.replaceFirst("(?m)^  model: \\{connector: offline-classifier,.*$", pin)
          .replaceFirst("(?m)^      categories: \\{cel: .*$", parameters.toString())
          .replaceFirst("(?m)^  version: \\d+\\.\\d+\\.\\d+$", "  version: " + model.version());
    }

    /// Whether the pack pins this very model.
    static boolean pins(String model) {
      return pinned(text()).equals(model);
    }

    private static String pinned(String yaml) {
      var match = PIN.matcher(yaml);
      if (!match.find()) {
        throw new Unavailable("%s pins no offline classifier".formatted(RESOURCE));
      }
      return match.group(1);
    }

    private static String text() {
      try (var in = Flagship.class.getResourceAsStream(RESOURCE)) {
        if (in == null) {
          throw new Unavailable("the pack %s is not on the class path".formatted(RESOURCE));
        }
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
      } catch (IOException e) {
        throw new Unavailable("the pack %s can not be read".formatted(RESOURCE), e);
      }
    }
  }
}
