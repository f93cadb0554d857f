package ai.rails.enclave.gateway;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.domain.run.RunEvent.Outcome;
import ai.rails.enclave.gateway.ScriptedHost.Reply;
import ai.rails.enclave.worker.CallPort.Result;

import static org.assertj.core.api.Assertions.assertThat;

/// The answers that ServiceNow's own documentation shows, as far as the connector asks for them.
class ServiceNowSamplesTest {
  private static final Map<String, String> KEY = Map.of("api_key", "canary-api-key");

  @TempDir private Path directory = Path.of(".");

  @Test
  void aDocumentedIncidentIsRead()
      throws IOException, GeneralSecurityException, InterruptedException {
    JsonNode sample = sample("get incident");
    JsonNode record = sample.at("/response/body/result");
    try (GatewayBench bench =
        new GatewayBench(
            directory,
            GatewayBench.certificate(),
            _ -> Reply.json(200, sample.at("/response/body").toString()))) {
      Result result =
          bench.execute(
              bench
                  .call(
                      "servicenow",
                      "get-incident",
                      "{'sys_id':'%s'}".formatted(record.path("sys_id").asText()))
                  .with(KEY));

      assertThat(result.outcome()).as(result.code()).isEqualTo(Outcome.SUCCESS);
      JsonNode output = result.output().orElseThrow();
      assertThat(bench.seen().getFirst().target())
          .startsWith(sample.at("/request/path").asText() + "?");
      for (String same :
          new String[] {
            "sys_id",
            "number",
            "impact",
            "urgency",
            "priority",
            "category",
            "sys_mod_count",
            "short_description",
            "state"
          }) {
        assertThat(output.path(same)).as(same).isEqualTo(record.path(same));
      }
      assertThat(output.path("assignment_group")).isEqualTo(record.at("/assignment_group/value"));
      assertThat(output.path("assigned_to").asText()).as("an unset reference").isEmpty();
    }
  }

  /// A journal field comes back empty, and references as objects: neither is taken for a failure.
  @Test
  void aDocumentedAnswerToAWriteIsUnderstood()
      throws IOException, GeneralSecurityException, InterruptedException {
    JsonNode sample = sample("patch incident");
    JsonNode record = sample.at("/response/body/result");
    String body = sample.at("/response/body").toString();
    try (GatewayBench bench =
        new GatewayBench(
            directory,
            GatewayBench.certificate(),
            seen ->
                seen.target().contains("sys_journal_field")
                    ? Reply.json(200, "{\"result\":[]}")
                    : Reply.json(200, body))) {
      String update =
          "{'sys_id':'%s','expected_mod_count':'%s','category':'%s','urgency':'%s','work_note':'n'}"
              .formatted(
                  record.path("sys_id").asText(),
                  record.path("sys_mod_count").asText(),
                  record.path("category").asText(),
                  record.path("urgency").asText());

      Result result = bench.execute(bench.call("servicenow", "update-incident", update).with(KEY));

      assertThat(result.outcome()).as(result.code()).isEqualTo(Outcome.SUCCESS);
      assertThat(result.verified()).isTrue();
      assertThat(result.vendorRef()).isEqualTo(record.path("number").asText());
    }
  }

  private static JsonNode sample(String name) throws IOException {
    Path file = SharedData.file("data/samples/servicenow_table_api.json");
    JsonNode all = GatewayBench.tree(Files.readString(file, StandardCharsets.UTF_8));
    return all.path("exchanges")
        .valueStream()
        .filter(each -> each.path("name").asText().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
