package ai.rails.standin.servicenow;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.standin.TestClient.Reply;

import static ai.rails.standin.servicenow.InstanceFixture.HARDWARE;
import static ai.rails.standin.servicenow.InstanceFixture.INCIDENT;
import static ai.rails.standin.servicenow.InstanceFixture.NETWORK;
import static ai.rails.standin.servicenow.InstanceFixture.PATH;
import static org.assertj.core.api.Assertions.assertThat;

class ServiceNowStandInTest {
  @TempDir private Path folder;
  private InstanceFixture fixture;

  @BeforeEach
  void start() {
    fixture = new InstanceFixture(folder, 0);
  }

  @AfterEach
  void stop() {
    fixture.close();
  }

  @Test
  void keepsNotesInTheirOwnTableAndShowsTheColumnEmpty() throws IOException, InterruptedException {
    // When
    Reply reply =
        fixture
            .client()
            .send(
                "PATCH",
                PATH,
                "{\"work_notes\":\"looked into it [airails:run-1/triage]\",\"urgency\":\"1\",\"impact\":\"1\"}");
    // Then
    JsonNode result = reply.json().path("result");
    assertThat(reply.status()).isEqualTo(200);
    assertThat(result.path("work_notes").asText()).isEmpty();
    assertThat(result.path("priority").asText()).isEqualTo("1");
    assertThat(result.path("sys_mod_count").asText()).isEqualTo("1");
    assertThat(result.path("sys_updated_by").asText()).isEqualTo("integration.airails");
    Reply notes =
        fixture
            .client()
            .get(
                "/api/now/table/sys_journal_field?sysparm_query=element_id="
                    + INCIDENT
                    + "%5Eelement=work_notes%5EvalueLIKE%5Bairails:run-1");
    assertThat(notes.json().path("result")).hasSize(1);
  }

  @Test
  void dropsUnknownAndReadOnlyColumnsAndStoresValuesOutsideTheChoiceList()
      throws IOException, InterruptedException {
    Reply reply =
        fixture
            .client()
            .send(
                "PATCH",
                PATH,
                "{\"no_such\":\"x\",\"priority\":\"1\",\"sys_id\":\"x\",\"category\":\"made_up\"}");
    JsonNode result = reply.json().path("result");
    assertThat(result.has("no_such")).isFalse();
    assertThat(result.path("priority").asText()).isEqualTo("5");
    assertThat(result.path("sys_id").asText()).isEqualTo(INCIDENT);
    assertThat(result.path("category").asText()).isEqualTo("made_up");
  }

  @Test
  void countsReassignmentsAndShowsReferencesAsLinkAndValue()
      throws IOException, InterruptedException {
    fixture.client().send("PATCH", PATH, "{\"assignment_group\":\"" + NETWORK + "\"}");
    Reply reply =
        fixture
            .client()
            .send(
                "PUT",
                PATH + "?sysparm_display_value=all",
                "{\"assignment_group\":\"" + HARDWARE + "\"}");
    JsonNode group = reply.json().path("result").path("assignment_group");
    assertThat(group.path("display_value").asText()).isEqualTo("Hardware");
    assertThat(group.path("link").asText())
        .isEqualTo(
            "https://dev-instance.service-now.test/api/now/table/sys_user_group/" + HARDWARE);
    assertThat(fixture.instance.incidentField(INCIDENT, "reassignment_count")).isEqualTo("1");
    Reply plain =
        fixture
            .client()
            .get(
                PATH
                    + "?sysparm_exclude_reference_link=true&sysparm_fields=assignment_group,nonsense");
    assertThat(plain.json().path("result").toString())
        .isEqualTo("{\"assignment_group\":\"" + HARDWARE + "\"}");
  }

  @Test
  void leavesTheCountAloneWhenAWriteChangesNothing() throws IOException, InterruptedException {
    fixture.client().send("PATCH", PATH, "{\"category\":\"inquiry\"}");
    assertThat(fixture.instance.incidentField(INCIDENT, "sys_mod_count")).isEqualTo("0");
    assertThat(fixture.instance.patches(INCIDENT)).isEqualTo(1);
  }

  @Test
  void createsReadsListsAndDeletes() throws IOException, InterruptedException {
    // When
    Reply created =
        fixture
            .client()
            .post(
                "/api/now/v2/table/incident",
                "{\"short_description\":\"Wifi\",\"impact\":\"2\",\"urgency\":\"2\"}");
    // Then
    String sysId = created.json().path("result").path("sys_id").asText();
    assertThat(created.status()).isEqualTo(201);
    assertThat(created.header("Location")).endsWith("/api/now/table/incident/" + sysId);
    assertThat(created.json().path("result").path("number").asText()).isEqualTo("INC0010001");
    Reply page =
        fixture
            .client()
            .get(
                "/api/now/table/incident?sysparm_query=active=true%5EORDERBYDESCnumber&sysparm_limit=1&sysparm_fields=number");
    assertThat(page.header("X-Total-Count")).isEqualTo("2");
    assertThat(page.header("Link"))
        .contains("rel=\"next\"")
        .contains("rel=\"last\"")
        .doesNotContain("rel=\"prev\"");
    assertThat(page.json().path("result").toString()).isEqualTo("[{\"number\":\"INC0010001\"}]");
    assertThat(fixture.client().send("DELETE", "/api/now/table/incident/" + sysId, "").status())
        .isEqualTo(204);
    Reply gone = fixture.client().get("/api/now/table/incident/" + sysId);
    assertThat(gone.status()).isEqualTo(404);
    assertThat(gone.json().path("error").path("message").asText()).isEqualTo("No Record found");
    assertThat(
            fixture
                .client()
                .get("/api/now/table/incident?sysparm_query=number=INC9")
                .json()
                .path("result"))
        .isEmpty();
  }

  @Test
  void dropsAQueryConditionOnAnUnknownColumnAndRefusesAnUnknownOperator()
      throws IOException, InterruptedException {
    assertThat(
            fixture
                .client()
                .get("/api/now/table/incident?sysparm_query=no_such=1")
                .json()
                .path("result"))
        .hasSize(1);
    assertThat(
            fixture
                .client()
                .get("/api/now/table/incident?sysparm_query=numberSAMEAScaller_id")
                .status())
        .isEqualTo(400);
    assertThat(
            fixture
                .client()
                .get("/api/now/table/incident?sysparm_query=numberININC0000046,INC1%5EORstate=9")
                .json()
                .path("result"))
        .hasSize(1);
    assertThat(fixture.client().get("/api/now/table/incident?sysparm_limit=-1").status())
        .isEqualTo(400);
  }

  @Test
  void refusesWhatTheInstanceWouldRefuse() throws IOException, InterruptedException {
    Reply anonymous = fixture.anonymous().get(PATH);
    assertThat(anonymous.status()).isEqualTo(401);
    assertThat(anonymous.body())
        .isEqualTo(
            "{\"error\":{\"message\":\"User Not Authenticated\",\"detail\":\"Required to provide Auth information\"},\"status\":\"failure\"}");
    String basic =
        "Basic "
            + Base64.getEncoder()
                .encodeToString("reader:reader-password".getBytes(StandardCharsets.UTF_8));
    Reply forbidden =
        fixture.anonymous().with("Authorization", basic).send("PATCH", PATH, "{\"state\":\"2\"}");
    assertThat(forbidden.status()).isEqualTo(403);
    assertThat(forbidden.body())
        .contains("ACL Exception Update Failed due to security constraints");
    assertThat(fixture.client().send("PATCH", PATH, "{\"state\":").status()).isEqualTo(400);
    assertThat(fixture.client().send("PATCH", PATH, "{\"state\":{\"value\":\"2\"}}").status())
        .isEqualTo(400);
    assertThat(
            fixture.client().with("Content-Type", "text/plain").send("PATCH", PATH, "{}").status())
        .isEqualTo(415);
    assertThat(fixture.client().send("PATCH", PATH, "{\"state\":\"6\"}").body())
        .contains("Data Policy Exception");
    assertThat(fixture.client().get("/api/now/table/no_such_table").status()).isEqualTo(400);
    assertThat(fixture.client().get("/api/now/other").status()).isEqualTo(400);
    assertThat(fixture.instance.patches(INCIDENT)).isZero();
    assertThat(fixture.instance.journal().refusals()).isEqualTo(8);
    assertThat(fixture.instance.journal().refusals("acl")).isEqualTo(1);
  }

  @Test
  void givesTokensThatExpire() throws IOException, InterruptedException {
    // Given
    Map<String, String> form =
        Map.of(
            "grant_type",
            "client_credentials",
            "client_id",
            "client",
            "client_secret",
            "client-secret");
    Reply reply = fixture.token(form);
    assertThat(reply.json().path("expires_in").asInt()).isEqualTo(1799);
    var client =
        fixture
            .anonymous()
            .with("Authorization", "Bearer " + reply.json().path("access_token").asText());
    assertThat(client.get(PATH).status()).isEqualTo(200);
    // When
    fixture.clock.advance(Duration.ofSeconds(1799));
    // Then
    assertThat(client.get(PATH).status()).isEqualTo(401);
  }

  @Test
  void refusesATokenRequestAsJsonAndAWrongSecret() throws IOException, InterruptedException {
    Map<String, String> wrong =
        Map.of("grant_type", "client_credentials", "client_id", "client", "client_secret", "wrong");
    assertThat(fixture.token(wrong).status()).isEqualTo(401);
    Reply json =
        fixture
            .anonymous()
            .post(
                "/oauth_token.do",
                "{\"grant_type\":\"client_credentials\",\"client_id\":\"client\",\"client_secret\":\"client-secret\"}");
    assertThat(json.status()).isEqualTo(401);
    assertThat(json.json().path("error").asText()).isEqualTo("server_error");
    Map<String, String> password =
        Map.of(
            "grant_type",
            "password",
            "client_id",
            "client",
            "client_secret",
            "client-secret",
            "username",
            "admin",
            "password",
            "admin-password");
    String refresh = fixture.token(password).json().path("refresh_token").asText();
    Map<String, String> again =
        Map.of(
            "grant_type",
            "refresh_token",
            "client_id",
            "client",
            "client_secret",
            "client-secret",
            "refresh_token",
            refresh);
    assertThat(fixture.token(again).status()).isEqualTo(200);
  }
}
