package ai.rails.command.http;

import java.net.http.HttpResponse;
import java.nio.file.Path;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.command.connector.Breakers;
import ai.rails.command.connector.Revocations;
import ai.rails.platform.http.Role;

import static ai.rails.command.http.Office.expect;
import static ai.rails.command.http.Office.json;
import static org.assertj.core.api.Assertions.assertThat;

/// Budgets and breakers, as people see them.
@Tag("slow")
class LimitsApiTest {
  private static final String BAD = "sha256:" + "e".repeat(64);

  private static final String START =
      "{\"workflow\": \"triage\", \"environment\": \"dev\", \"inputs\": {\"incident\": \"INC1\"}}";

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
  void runBeyondTheQuotaIsRefusedWithWhatToDoAndGoesWhenItIsLifted() throws Exception {
    String quota = "{\"workspace\": \"w1\", \"period\": \"DAY\", \"unit\": \"runs\"%s}";
    cap(quota.formatted(", \"limit\": 1"));
    expect(202, start("aaaaaaaaaaaaaaaa1"));

    HttpResponse<String> refused = start("aaaaaaaaaaaaaaaa2");

    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(json(refused).path("code").asText()).isEqualTo("BUDGET_EXCEEDED");
    assertThat(json(refused).path("detail").asText())
        .contains("workspace w1 for the day 2026-11-21 covers 1 runs", "rails cost budget set");
    JsonNode shown = shown("/v1/budgets", "unit", "runs");
    assertThat(shown.path("used").asLong()).isEqualTo(1);
    assertThat(shown.path("limit").asLong()).isEqualTo(1);
    cap(quota.formatted(""));
    expect(202, start("aaaaaaaaaaaaaaaa2"));
    assertThat(office.events("t1", "BUDGET_SET")).isGreaterThanOrEqualTo(2);
  }

  @Test
  void aCapOnAWorkflowThatNobodyPublishedIsRefused() throws Exception {
    String cap =
        "{\"workspace\": \"w1\", \"workflow\": \"%s\", \"period\": \"DAY\","
            + " \"unit\": \"calls\", \"limit\": 9}";

    HttpResponse<String> refused =
        office.put("t1", "ada", "/v1/budgets", cap.formatted("triag"), Role.ADMIN);

    expect(404, refused);
    assertThat(json(refused).path("detail").asText()).contains("no workflow triag");
    cap(cap.formatted("triage"));
  }

  @Test
  void openBreakerIsShownAndToldOnce() throws Exception {
    office.store.execute(
        """
        INSERT INTO instance_flow (tenant, instance, workspace, due_at, not_before, failures, opened,
                                   open_until, code, told)
        VALUES ('t1', 'snow-dev', 'w1', 'epoch', 'epoch', 5, 1, '2026-11-21T12:00:30Z', 'HTTP_503',
                false)\
        """);
    var breakers = new Breakers(office.store.app(), () -> office.bus, office.ids);

    breakers.tell();
    breakers.tell();

    assertThat(office.events("t1", "BREAKER_CHANGED")).isEqualTo(1);
    assertThat(office.store.number("SELECT count(*) FROM instance_flow WHERE NOT told")).isZero();
    JsonNode shown = shown("/v1/connector-limits", "instance", "snow-dev");
    assertThat(shown.path("breaker").asText()).isEqualTo("OPEN");
    assertThat(shown.path("code").asText()).isEqualTo("HTTP_503");
  }

  @Test
  void revokedConnectorIsAnEventOfItsInstanceAndIsRefusedFromThenOn() throws Exception {
    expect(201, instance("old-desk"));
    var revocations =
        new Revocations(office.store.app(), office.actions, () -> office.bus, office.ids);
    revocations.tell();
    assertThat(office.events("t1", "CONNECTOR_REVOKED")).isZero();

    office.revoked.add(BAD);
    revocations.tell();
    revocations.tell();

    assertThat(office.events("t1", "CONNECTOR_REVOKED")).isEqualTo(1);
    assertThat(
            office.store.number(
                "SELECT count(*) FROM connector_instance WHERE revoked_at IS NOT NULL"))
        .isEqualTo(1);
    HttpResponse<String> refused = instance("new-desk");
    assertThat(json(refused).path("code").asText()).isEqualTo("CONNECTOR_REVOKED");

    office.revoked.clear();
    HttpResponse<String> again = instance("old-desk");
    assertThat(json(again).path("code").asText())
        .as("taken off the list, what was told stays")
        .isEqualTo("CONNECTOR_REVOKED");
  }

  private static HttpResponse<String> instance(String name) throws Exception {
    return office.post(
        "t1",
        "ada",
        "/v1/workspaces/w1/connector-instances",
        """
        {"instance": "%s", "connector": "desk", "connectorDigest": "%s", "host": "desk.example",
         "port": 443, "settings": {}}\
        """
            .formatted(name, BAD),
        Role.ADMIN,
        "Idempotency-Key",
        name + "-" + office.ids.get());
  }

  private static JsonNode shown(String path, String member, String value) throws Exception {
    HttpResponse<String> answer = office.get("t1", "ada", path, Role.AUDITOR);
    expect(200, answer);
    for (JsonNode item : json(answer).path("items")) {
      if (item.path(member).asText().equals(value)) {
        return item;
      }
    }
    throw new AssertionError("not shown: " + answer.body());
  }

  private static void cap(String body) throws Exception {
    expect(200, office.put("t1", "ada", "/v1/budgets", body, Role.ADMIN));
  }

  private static HttpResponse<String> start(String key) throws Exception {
    return office.post("t1", "rita", "/v1/runs", START, Role.OPERATOR, "Idempotency-Key", key);
  }
}
