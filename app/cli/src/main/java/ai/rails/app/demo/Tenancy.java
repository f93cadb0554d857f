package ai.rails.app.demo;

import java.io.IOException;
import java.net.URLEncoder;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.app.http.Api;
import ai.rails.platform.keys.HpkeKeyPair;

import static java.nio.charset.StandardCharsets.UTF_8;

/// A tenant with one workspace, set up through the public API and nothing else. What exists is
/// found again.
public final class Tenancy {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Api api;
  private final People people;
  private final String tenant;
  private final String workspace;
  private final Map<String, byte[]> ingestKeys = new LinkedHashMap<>();

  /// @param tenant opaque id; made by [#admit]
  public Tenancy(Api api, People people, String tenant, String workspace) {
    this.api = api;
    this.people = people;
    this.tenant = tenant;
    this.workspace = workspace;
  }

  /// Creates the tenant and waits until its topics and principals exist.
  public void admit() {
    api.post(people.platform(), "/v1/tenants", Map.of("tenant", tenant, "region", World.REGION))
        .ok();
    Waiter.until(
        "provisioning of tenant " + tenant,
        PATIENCE,
        () -> {
          Api.Answer answer =
              api.post(people.admin(tenant), "/v1/workspaces", Map.of("workspace", workspace));
          return answer.code().equals("TENANT_NOT_ACTIVE") ? Optional.empty() : Optional.of(answer);
        });
  }

  /// Gives people their roles and links the approver's Slack identity.
  public void invite() {
    String admin = people.admin(tenant);
    Map<String, String> roles =
        Map.of(
            People.BUILDER, "builder",
            People.OPERATOR, "operator",
            People.APPROVER, "approver",
            People.SECOND_APPROVER, "approver",
            People.AUDITOR, "auditor");
    roles.forEach(this::role);
    api.put(
            admin,
            "/v1/identity-links/slack/%s.%s".formatted(World.SLACK_TEAM, World.SLACK_USER),
            Map.of("subject", People.APPROVER))
        .ok();
    api.put(
            admin,
            "/v1/workspaces/%s/budget".formatted(workspace),
            Map.of("currency", "USD", "monthlyNanos", 50_000_000_000L))
        .ok();
  }

  /// Gives a person one role.
  void role(String subject, String role) {
    api.put(
            people.admin(tenant),
            "/v1/workspaces/%s/roles/%s".formatted(workspace, URLEncoder.encode(subject, UTF_8)),
            Map.of("roles", List.of(role)))
        .ok();
  }

  /// Configures a connector.
  ///
  /// @param digest of the manifest that it is pinned to
  public void instance(
      String id, String connector, String digest, String host, Map<String, Object> settings) {
    JsonNode made =
        api.post(
                people.admin(tenant),
                "/v1/workspaces/%s/connector-instances".formatted(workspace),
                Map.of(
                    "instance", id,
                    "connector", connector,
                    "connectorDigest", digest,
                    "host", host,
                    "port", 443,
                    "settings", settings))
            .ok();
    ingestKeys.put(id, Base64.getDecoder().decode(made.path("ingestPublicKey").asText()));
  }

  /// Seals a credential to the worker.
  public void credential(String instance, Map<String, String> members) {
    try {
      byte[] sealed =
          HpkeKeyPair.seal(
              Optional.ofNullable(ingestKeys.get(instance)).orElseThrow(),
              Api.JSON.writeValueAsBytes(members),
              "airails|1|credential|%s|%s".formatted(tenant, instance));
      api.put(
              people.admin(tenant),
              "/v1/workspaces/%s/connector-instances/%s/credential".formatted(workspace, instance),
              Map.of("sealed", Base64.getEncoder().encodeToString(sealed)))
          .ok();
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("the credential of %s was not sealed".formatted(instance), e);
    }
  }

  public void webhookSecret(String instance, String secret) {
    api.put(
            people.admin(tenant),
            "/v1/workspaces/%s/connector-instances/%s/webhook-secret"
                .formatted(workspace, instance),
            Map.of("secret", secret))
        .ok();
  }

  /// Publishes a workflow and makes it the active one. Policy is asked, and an installation that
  /// has just started may not have it yet.
  ///
  /// @return the artifact's digest, empty if this version exists
  public String publish(String yaml) {
    String path =
        "/v1/workspaces/%s/workflows?activate=%s".formatted(workspace, Flagship.ENVIRONMENT);
    Api.Answer answer =
        Waiter.until(
            "policy, to publish a workflow",
            PATIENCE,
            () ->
                Optional.of(api.postText(people.builder(tenant), path, "application/yaml", yaml))
                    .filter(each -> !each.code().equals("UNAVAILABLE")));
    return answer.code().equals("ALREADY_EXISTS")
        ? ""
        : answer.ok().path("artifactDigest").asText();
  }

  /// @param actions as the API takes them: `connector` (the workflow's alias), `action`, `allowed`
  public void grant(String workflow, List<Map<String, Object>> actions) {
    api.put(
            people.admin(tenant),
            "/v1/workspaces/%s/workflows/%s/grants".formatted(workspace, workflow),
            Map.of("environment", Flagship.ENVIRONMENT, "actions", actions))
        .ok();
  }
}
