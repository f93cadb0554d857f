package ai.rails.command.workflow;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.command.http.Office;
import ai.rails.platform.http.Role;
import ai.rails.platform.opa.PolicyLint.Finding;

import static ai.rails.command.http.Office.expect;
import static org.assertj.core.api.Assertions.assertThat;

/// What policy finds in a workflow that is published.
class PublishLintTest {
  private static final String PATH = "/v1/workspaces/w1/workflows";

  @TempDir private static Path data;
  private static Office office;

  @BeforeAll
  static void open() throws Exception {
    office = new Office(data).furnished("t1");
  }

  @AfterAll
  static void close() {
    office.close();
  }

  @Test
  void anErrorIsRefusedWithItsPlaceAndNothingIsStored() throws Exception {
    office.findings.set(
        List.of(
            new Finding(true, "model.floating", "steps.update"),
            new Finding(false, "write.ungated", "steps.update")));

    HttpResponse<String> answer = publish("triage odd 1.0.0");

    expect(422, answer);
    JsonNode problem = Office.json(answer);
    assertThat(problem.path("code").asText()).isEqualTo("WORKFLOW_REFUSED");
    assertThat(problem.path("errors")).hasSize(1);
    assertThat(problem.at("/errors/0/line").asInt()).isEqualTo(7);
    assertThat(problem.at("/errors/0/column").asInt()).isEqualTo(5);
    assertThat(problem.at("/errors/0/message").asText())
        .isEqualTo("policy finds model.floating at steps.update");
    assertThat(office.bus.history("t1", "Workflow", "odd")).isEmpty();
    assertThat(office.store.number("SELECT count(*) FROM workflow_artifact WHERE workflow = 'odd'"))
        .isZero();
  }

  @Test
  void warningsAreToldAndRefuseNothing() throws Exception {
    office.findings.set(List.of(new Finding(false, "write.ungated", "steps.elsewhere")));

    HttpResponse<String> answer = publish("triage strange 1.0.0");

    expect(201, answer);
    JsonNode warning = Office.json(answer).path("warnings").path(0);
    assertThat(warning.path("message").asText())
        .isEqualTo("policy finds write.ungated at steps.elsewhere");
    assertThat(warning.path("line").asInt()).isOne();
    assertThat(office.bus.history("t1", "Workflow", "strange")).hasSize(1);
  }

  @Test
  void whatIsNotOddHasNoWarnings() throws Exception {
    office.findings.set(List.of());

    HttpResponse<String> answer = publish("triage plain 1.0.0");

    expect(201, answer);
    assertThat(Office.json(answer).path("warnings").isArray()).isTrue();
    assertThat(Office.json(answer).path("warnings")).isEmpty();
  }

  private static HttpResponse<String> publish(String text) throws Exception {
    return office.text("t1", "dana", text, PATH, Role.BUILDER);
  }
}
