package ai.rails.command.tenant;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.command.http.Office;
import ai.rails.platform.http.Role;

import static ai.rails.command.http.Office.expect;
import static ai.rails.command.http.Office.json;
import static org.assertj.core.api.Assertions.assertThat;

/// Keys of programs over HTTP, on a real store.
class ApiKeyTest {
  @TempDir private static Path data;
  private static Office office;

  @BeforeAll
  static void open() throws Exception {
    office = new Office(data).furnished("t1");
    roles("svc-ci", "\"builder\", \"operator\"");
    // Keys live by the database's clock.
    office.now.set(java.time.Instant.now());
  }

  @AfterAll
  static void close() {
    office.close();
  }

  @Test
  void aKeySpeaksForItsSubjectWithItsOwnPartOfTheRoles() throws Exception {
    JsonNode key = issued("svc-ci", "\"operator\"");

    expect(202, start(key.path("secret").asText()));
    HttpResponse<String> publish =
        office.raw(
            "POST",
            "/v1/workspaces/w1/workflows",
            "x".getBytes(StandardCharsets.UTF_8),
            "Authorization",
            "Bearer " + key.path("secret").asText(),
            "Content-Type",
            "application/yaml");
    expect(403, publish);
    assertThat(
            office.one(
                "SELECT count(*)::text FROM api_key WHERE last_used_at IS NOT NULL"
                    + " AND key = ?",
                key.path("key").asText()))
        .isEqualTo("1");
  }

  @Test
  void aKeyDoesNoMoreThanItsSubjectMayDoNow() throws Exception {
    roles("svc-less", "\"operator\"");
    String secret = issued("svc-less", "\"operator\"").path("secret").asText();
    expect(202, start(secret));
    roles("svc-less", "\"builder\"");

    expect(401, start(secret));
  }

  @Test
  void whatIsNotTheKeyOpensNothing() throws Exception {
    roles("svc-x", "\"operator\"");
    JsonNode key = issued("svc-x", "\"operator\"");
    String secret = key.path("secret").asText();
    assertThat(secret).matches("ark_test_[0-9A-Za-z]{16}_[0-9A-Za-z]{43}[0-9a-f]{8}");
    for (String other :
        List.of(
            secret.substring(0, secret.length() - 1),
            secret.replace("ark_test_", "ark_prod_"),
            secret.substring(0, 30) + (secret.charAt(30) == 'a' ? 'b' : 'a') + secret.substring(31),
            secret.substring(0, secret.length() - 8) + "00000000",
            "ark_test_" + "0".repeat(16) + "_" + "0".repeat(43) + "00000000")) {
      expect(401, start(other));
    }
    office.store.execute(
        "UPDATE api_key SET expires_at = clock_timestamp() - interval '1 s' WHERE key = ?",
        key.path("key").asText());
    expect(401, start(secret));
  }

  @Test
  void aRevokedKeyOpensNothingAndBothAreEvents() throws Exception {
    roles("svc-r", "\"operator\"");
    JsonNode key = issued("svc-r", "\"operator\"");
    String id = key.path("key").asText();
    expect(200, office.delete("t1", "ada", "/v1/api-keys/" + id, Role.ADMIN));
    expect(200, office.delete("t1", "ada", "/v1/api-keys/" + id, Role.ADMIN));

    expect(401, start(key.path("secret").asText()));
    assertThat(office.bus.history("t1", "Person", "svc-r"))
        .extracting(recorded -> recorded.event().entryType().name())
        .containsExactly("ROLES_SET", "API_KEY_ISSUED", "API_KEY_REVOKED");
    expect(404, office.delete("t2", "ada", "/v1/api-keys/" + id, Role.ADMIN));
  }

  @Test
  void anAuditorFromOutsideReadsUntilHisTimeIsOverWhateverHisTokenSays() throws Exception {
    String eva = "{\"subject\": \"okta|eva\", \"hours\": 2}";
    String of = "/access/v1/api-keys";
    expect(200, office.get("t1", "okta|eva", of, Role.ADMIN));
    expect(403, office.post("t1", "okta|eva", "/v1/audit-access", eva, Role.ADMIN));
    HttpResponse<String> granted = office.post("t1", "ada", "/v1/audit-access", eva, Role.ADMIN);
    expect(201, granted);
    expect(409, office.post("t1", "ada", "/v1/audit-access", eva, Role.ADMIN));

    expect(200, office.get("t1", "okta|eva", of, Role.OPERATOR));
    expect(403, office.post("t1", "okta|eva", "/v1/api-keys", "{\"subject\": \"x\"}", Role.ADMIN));
    expect(200, office.get("t2", "okta|eva", of, Role.ADMIN));
    expect(
        422,
        office.put(
            "t1",
            "ada",
            "/v1/workspaces/w1/roles/okta%7Ceva",
            "{\"roles\": [\"admin\"]}",
            Role.ADMIN));

    office.now.updateAndGet(now -> now.plus(Duration.ofHours(2)));
    expect(403, office.get("t1", "okta|eva", of, Role.AUDITOR));
    office.audits.look();
    office.audits.look();
    expect(403, office.get("t1", "okta|eva", of, Role.AUDITOR));
    assertThat(office.bus.history("t1", "Person", "okta|eva"))
        .extracting(recorded -> recorded.event().entryType().name())
        .containsExactly("AUDIT_ACCESS_GRANTED", "AUDIT_ACCESS_ENDED");
    assertThat(office.events("t1", "ACCESS_REFUSED")).isPositive();

    JsonNode again = json(office.post("t1", "ada", "/v1/audit-access", eva, Role.ADMIN));
    expect(200, office.get("t1", "okta|eva", of, Role.AUDITOR));
    String access = "/v1/audit-access/" + again.path("access").asText();
    expect(404, office.delete("t2", "ada", access, Role.ADMIN));
    expect(200, office.delete("t1", "ada", access, Role.ADMIN));
    expect(403, office.get("t1", "okta|eva", of, Role.AUDITOR));
    office.now.set(java.time.Instant.now());
  }

  @Test
  void nobodyIssuesAKeyBeyondTheRulesOrToHimself() throws Exception {
    roles("svc-two", "\"operator\"");
    roles("svc-boss", "\"admin\", \"approver\", \"operator\"");
    for (String body :
        List.of(
            body("svc-boss", "\"admin\"", 30),
            body("svc-boss", "\"approver\", \"operator\"", 30),
            body("svc-two", "\"admin\"", 30),
            body("svc-two", "", 30),
            body("svc-two", "\"operator\"", 91),
            body("svc-two", "\"operator\"", 0),
            body("svc-nobody", "\"operator\"", 30))) {
      expect(422, issue(body));
    }
    expect(403, issue(body("ada", "\"operator\"", 30)));
    JsonNode _ = issued("svc-two", "\"operator\"");
    JsonNode _ = issued("svc-two", "\"operator\"");
    expect(422, issue(body("svc-two", "\"operator\"", 30)));
  }

  @Test
  void theSecretIsInNoRowAndNoEventAndNoRepeatedAnswer() throws Exception {
    roles("svc-s", "\"operator\"");
    String body = body("svc-s", "\"operator\"", 30);
    JsonNode first =
        json(office.post("t1", "ada", "/v1/api-keys", body, Role.ADMIN, "Idempotency-Key", "k"));
    JsonNode again =
        json(office.post("t1", "ada", "/v1/api-keys", body, Role.ADMIN, "Idempotency-Key", "k"));
    String secret = first.path("secret").asText().split("_", -1)[3].substring(0, 43);

    assertThat(again.path("key")).isEqualTo(first.path("key"));
    assertThat(again.has("secret")).isFalse();
    for (String table : List.of("event", "api_key", "idempotency")) {
      assertThat(
              office.store.number(
                  "SELECT count(*) FROM " + table + " t WHERE position(? in t::text) > 0", secret))
          .as(table)
          .isZero();
    }
  }

  private static HttpResponse<String> start(String secret) throws Exception {
    String run =
        "{\"workflow\": \"triage\", \"environment\": \"dev\", \"inputs\": {\"incident\": \"INC1\"}}";
    return office.raw(
        "POST",
        "/v1/runs",
        run.getBytes(StandardCharsets.UTF_8),
        "Authorization",
        "Bearer " + secret,
        "Content-Type",
        "application/json");
  }

  private static void roles(String subject, String roles) throws Exception {
    String path = "/v1/workspaces/w1/roles/" + subject;
    expect(200, office.put("t1", "ada", path, "{\"roles\": [%s]}".formatted(roles), Role.ADMIN));
  }

  private static JsonNode issued(String subject, String roles) throws Exception {
    HttpResponse<String> answer = issue(body(subject, roles, 30));
    expect(201, answer);
    return json(answer);
  }

  private static HttpResponse<String> issue(String body) throws Exception {
    return office.post("t1", "ada", "/v1/api-keys", body, Role.ADMIN);
  }

  private static String body(String subject, String roles, int days) {
    return "{\"subject\": \"%s\", \"roles\": [%s], \"days\": %s}".formatted(subject, roles, days);
  }
}
