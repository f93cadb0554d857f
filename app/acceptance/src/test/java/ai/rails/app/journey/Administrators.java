package ai.rails.app.journey;

import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.app.demo.Flagship;
import ai.rails.app.http.Api;
import ai.rails.connector.Connectors;
import ai.rails.platform.keys.HpkeKeyPair;

/// What administrators and builders of a tenant do beside the flagship's own set-up, over the API.
record Administrators(Triage triage) {
  /// A connector instance of version 1.0.0 with a sealed credential.
  ///
  /// @param more members of the request beside the usual ones, for example `settings`
  void connect(
      String instance,
      String connector,
      String host,
      Map<String, Object> more,
      Map<String, String> credential) {
    connect(instance, connector, "1.0.0", host, more, credential);
  }

  /// The same with another version of the connector.
  void connect(
      String instance,
      String connector,
      String version,
      String host,
      Map<String, Object> more,
      Map<String, String> credential) {
    Map<String, Object> body = new TreeMap<>(more);
    body.putAll(
        Map.of(
            "instance",
            instance,
            "connector",
            connector,
            "connectorDigest",
            Connectors.builtIn().named(connector, version).orElseThrow().digest(),
            "host",
            host,
            "port",
            443));
    body.putIfAbsent("settings", Map.of());
    JsonNode made = post(admin(), path("connector-instances"), body);
    put(
        path("connector-instances/" + instance + "/credential"),
        Map.of("sealed", sealed(made.path("ingestPublicKey").asText(), instance, credential)));
  }

  /// Publishes a workflow, activates it, and lets it do these things.
  ///
  /// @param grants connector alias or name, and action, of each
  void publish(String workflow, String source, List<Map<String, String>> grants) {
    api()
        .postText(
            triage.flagship().people().builder(triage.tenant()),
            path("workflows?activate=" + Flagship.ENVIRONMENT),
            "application/yaml",
            source)
        .ok();
    put(
        path("workflows/" + workflow + "/grants"),
        Map.of("environment", Flagship.ENVIRONMENT, "actions", grants));
  }

  /// One administrator changes the tenant's policy data and has the change simulated, another one
  /// accepts it.
  void policy(Consumer<ObjectNode> change) {
    ObjectNode data = api().get(admin(), "/policy/v1/data").ok().path("data").deepCopy();
    change.accept(data);
    JsonNode _ = post(admin(), "/v1/policy/simulations", Map.of("tenantData", data));
    JsonNode draft = post(admin(), "/v1/policy/drafts", Map.of("data", data));
    JsonNode _ =
        post(
            triage.flagship().people().secondAdmin(triage.tenant()),
            "/v1/policy/drafts/%s/decision".formatted(draft.path("draft").asText()),
            Map.of("approve", true));
  }

  /// Starts a run by hand.
  String start(String workflow, Map<String, String> inputs) {
    return post(
            triage.flagship().people().operator(triage.tenant()),
            "/v1/runs",
            Map.of("workflow", workflow, "environment", Flagship.ENVIRONMENT, "inputs", inputs))
        .path("run")
        .asText();
  }

  JsonNode post(String token, String path, Object body) {
    return api().post(token, path, body).ok();
  }

  String admin() {
    return triage.flagship().people().admin(triage.tenant());
  }

  String path(String rest) {
    return "/v1/workspaces/%s/%s".formatted(triage.workspace(), rest);
  }

  private void put(String path, Object body) {
    JsonNode _ = api().put(admin(), path, body).ok();
  }

  private Api api() {
    return triage.flagship().api();
  }

  private String sealed(String ingestPublic, String instance, Map<String, String> credential) {
    try {
      byte[] sealed =
          HpkeKeyPair.seal(
              Base64.getDecoder().decode(ingestPublic),
              Api.JSON.writeValueAsBytes(credential),
              "airails|1|credential|%s|%s".formatted(triage.tenant(), instance));
      return Base64.getEncoder().encodeToString(sealed);
    } catch (GeneralSecurityException | JsonProcessingException e) {
      throw new IllegalStateException("a credential can not be sealed", e);
    }
  }
}
