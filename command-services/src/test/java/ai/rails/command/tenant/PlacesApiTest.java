package ai.rails.command.tenant;

import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.command.http.Office;
import ai.rails.domain.Event;
import ai.rails.domain.tenant.EnvironmentKind;
import ai.rails.domain.tenant.TenantEvent.EnvironmentDeclared;
import ai.rails.domain.tenant.TenantEvent.EnvironmentProposed;
import ai.rails.domain.tenant.TenantEvent.ProjectRemoved;
import ai.rails.domain.tenant.TenantEvent.ProjectSet;
import ai.rails.platform.http.Role;
import ai.rails.schema.Recorded;

import static ai.rails.command.http.Office.expect;
import static org.assertj.core.api.Assertions.assertThat;

/// Environments and projects over HTTP.
class PlacesApiTest {
  private static final String WORKFLOWS = "/v1/workspaces/w1/workflows";

  @TempDir private static Path data;
  private static Office office;

  @BeforeAll
  static void open() throws Exception {
    office = new Office(data);
    for (String tenant : List.of("t1", "t2")) {
      expect(
          202,
          office.post(
              "platform",
              "operator",
              "/v1/tenants",
              "{\"tenant\": \"%s\", \"region\": \"eu\"}".formatted(tenant),
              Role.PLATFORM));
      expect(
          200,
          office.post(
              tenant,
              "svc-provisioner",
              "/v1/tenants/%s/provisioned".formatted(tenant),
              "",
              Role.SERVICE));
      expect(
          201, office.post(tenant, "ada", "/v1/workspaces", "{\"workspace\": \"w1\"}", Role.ADMIN));
    }
  }

  @AfterAll
  static void close() {
    office.close();
  }

  @Test
  void aDeclaredEnvironmentDecidesWhetherAReleaseIsNeeded() throws Exception {
    expect(
        201,
        office.text("t1", "dana", "triage shop 1.0.0", WORKFLOWS + "?activate=demo", Role.BUILDER));
    expect(201, office.text("t1", "dana", "triage shop 1.0.1", WORKFLOWS, Role.BUILDER));
    problem(activate("shop", "1.0.1", "uat"), 409, "RELEASE_REQUIRED");

    declares("t1", "ada", "demo", "production", "DECLARED");
    declares("t1", "ada", "uat", "staging", "PROPOSED");

    problem(activate("shop", "1.0.1", "demo"), 409, "RELEASE_REQUIRED");
    problem(activate("shop", "1.0.1", "uat"), 409, "RELEASE_REQUIRED");
    assertThat(active("t1", "demo")).as("what was activated before goes on").isOne();
    declares("t1", "ada", "uat", "staging", "PROPOSED");
    problem(activate("shop", "1.0.1", "uat"), 409, "RELEASE_REQUIRED");

    declares("t1", "bea", "uat", "staging", "DECLARED");

    expect(200, activate("shop", "1.0.1", "uat"));
    problem(declare("t1", "ada", "uat", "production", Role.ADMIN), 409, "ALREADY_EXISTS");
    problem(
        office.text("t2", "dana", "triage shop 1.0.0", WORKFLOWS + "?activate=uat", Role.BUILDER),
        409,
        "RELEASE_REQUIRED");
    assertThat(office.bus.history("t1", "Tenant", "t1").stream().map(Recorded::event).skip(3))
        .filteredOn(event -> event.entryType().name().startsWith("ENVIRONMENT"))
        .containsExactly(
            declared("demo", EnvironmentKind.PRODUCTION, "ada", Optional.empty()),
            new EnvironmentProposed("t1", "uat", EnvironmentKind.STAGING, "ada"),
            declared("uat", EnvironmentKind.STAGING, "bea", Optional.of("ada")));
  }

  @Test
  void onlyAdministratorsDeclareAndOnlyWhatMakesSense() throws Exception {
    for (Role role : List.of(Role.BUILDER, Role.OPERATOR, Role.APPROVER, Role.AUDITOR)) {
      problem(declare("t1", "mallory", "live", "production", role), 403, "FORBIDDEN");
    }
    problem(declare("t1", "ada", "Live", "production", Role.ADMIN), 422, "INVALID");
    problem(declare("t1", "ada", "live", "PRODUCTION", Role.ADMIN), 422, "INVALID");
    problem(declare("t1", "ada", "live", "trial", Role.ADMIN), 422, "INVALID");
  }

  @Test
  void aProjectHoldsWhatIsThereAndItsOwn() throws Exception {
    expect(201, office.text("t1", "dana", "triage hire 1.0.0", WORKFLOWS, Role.BUILDER));
    String it = "{\"owner\": \"ora\", \"workspaces\": [\"w1\"], \"workflows\": [\"hire\"]}";

    expect(200, put("t1", "it", it));
    expect(200, put("t1", "it", it));

    problem(
        put("t1", "hr", "{\"owner\": \"pat\", \"workflows\": [\"hire\"]}"), 409, "ALREADY_EXISTS");
    problem(put("t1", "hr", "{\"owner\": \"pat\", \"workflows\": [\"none\"]}"), 404, "NOT_FOUND");
    problem(put("t1", "hr", "{\"owner\": \"pat\", \"workspaces\": [\"w9\"]}"), 404, "NOT_FOUND");
    problem(put("t2", "it", "{\"owner\": \"eve\", \"workflows\": [\"hire\"]}"), 404, "NOT_FOUND");
    problem(office.put("t1", "dana", "/v1/projects/it", it, Role.BUILDER), 403, "FORBIDDEN");
    expect(200, office.delete("t2", "eve", "/v1/projects/it", Role.ADMIN));
    expect(200, office.delete("t1", "ada", "/v1/projects/it", Role.ADMIN));
    expect(200, put("t1", "hr", "{\"owner\": \"pat\", \"workflows\": [\"hire\"]}"));

    assertThat(projects("t1"))
        .containsExactly(
            new ProjectSet("t1", "it", "ora", list("w1"), list("hire")),
            new ProjectRemoved("t1", "it"),
            new ProjectSet("t1", "hr", "pat", list(), list("hire")));
    assertThat(projects("t2")).isEmpty();
  }

  private static List<String> list(String... names) {
    return List.of(names);
  }

  private static List<Event> projects(String tenant) {
    return office.bus.history(tenant, "Tenant", tenant).stream()
        .map(Recorded::event)
        .filter(event -> event.entryType().name().startsWith("PROJECT"))
        .toList();
  }

  private static EnvironmentDeclared declared(
      String environment, EnvironmentKind kind, String by, Optional<String> proposedBy) {
    return new EnvironmentDeclared("t1", environment, kind, by, proposedBy);
  }

  private static void declares(
      String tenant, String by, String environment, String kind, String state) throws Exception {
    HttpResponse<String> answer = declare(tenant, by, environment, kind, Role.ADMIN);
    expect(202, answer);
    assertThat(Office.json(answer).path("state").asText()).isEqualTo(state);
  }

  private static HttpResponse<String> declare(
      String tenant, String by, String environment, String kind, Role role) throws Exception {
    return office.post(
        tenant,
        by,
        "/v1/environments",
        "{\"environment\": \"%s\", \"kind\": \"%s\"}".formatted(environment, kind),
        role);
  }

  private static HttpResponse<String> activate(String workflow, String version, String environment)
      throws Exception {
    return office.post(
        "t1",
        "dana",
        WORKFLOWS + "/" + workflow + "/activate",
        "{\"environment\": \"%s\", \"version\": \"%s\"}".formatted(environment, version),
        Role.BUILDER);
  }

  private static HttpResponse<String> put(String tenant, String project, String body)
      throws Exception {
    return office.put(tenant, "ada", "/v1/projects/" + project, body, Role.ADMIN);
  }

  private static long active(String tenant, String environment) {
    return office.store.number(
        "SELECT count(*) FROM workflow_active WHERE tenant = ? AND environment = ?",
        tenant,
        environment);
  }

  private static void problem(HttpResponse<String> answer, int status, String code) {
    expect(status, answer);
    assertThat(Office.json(answer).path("code").asText()).isEqualTo(code);
  }
}
