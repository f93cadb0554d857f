package ai.rails.command.workflow;

import java.net.http.HttpResponse;
import java.nio.file.Path;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.command.http.Office;
import ai.rails.platform.http.Role;

import static ai.rails.command.http.Office.expect;
import static org.assertj.core.api.Assertions.assertThat;

/// What runs in production was looked at by somebody who did not write it.
class ReleaseApiTest {
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
  void productionNeedsAReleaseByAnother() throws Exception {
    String path = "/v1/workspaces/w1/workflows";
    String asked = "{\"environment\": \"prod\", \"version\": \"1.0.0\"}";
    String of = path + "/shipped";
    expect(201, office.text("t1", "dana", "triage shipped 1.0.0", path, Role.BUILDER));
    problem(
        office.post("t1", "dana", of + "/activate", asked, Role.BUILDER), 409, "RELEASE_REQUIRED");
    problem(
        office.text(
            "t1", "dana", "triage shipped 1.0.1", path + "?activate=dev,prod", Role.BUILDER),
        409,
        "RELEASE_REQUIRED");
    problem(
        office.post("t1", "dana", of + "/releases", asked, Role.APPROVER),
        403,
        "AUTHOR_MAY_NOT_APPROVE");
    problem(office.post("t1", "omar", of + "/releases", asked, Role.OPERATOR), 403, "FORBIDDEN");
    problem(
        office.post("t1", "lena", path + "/nobody/releases", asked, Role.APPROVER),
        404,
        "NOT_FOUND");
    assertThat(active("shipped")).isZero();

    expect(200, office.post("t1", "lena", of + "/releases", asked, Role.APPROVER));
    expect(200, office.post("t1", "dana", of + "/activate", asked, Role.BUILDER));

    assertThat(active("shipped")).isOne();
    assertThat(office.bus.history("t1", "Workflow", "shipped"))
        .extracting(recorded -> recorded.event().entryType().name())
        .containsExactly("WORKFLOW_PUBLISHED", "RELEASE_APPROVED", "WORKFLOW_ACTIVATED");
  }

  @Test
  void aReleaseThatIsTakenBackStartsNoNewRunAndIsGivenAnew() throws Exception {
    String path = "/v1/workspaces/w1/workflows";
    String asked = "{\"environment\": \"prod\", \"version\": \"1.0.0\"}";
    String of = path + "/recalled";
    expect(201, office.text("t1", "dana", "triage recalled 1.0.0", path, Role.BUILDER));
    expect(200, office.post("t1", "lena", of + "/releases", asked, Role.APPROVER));
    expect(200, office.post("t1", "dana", of + "/activate", asked, Role.BUILDER));

    problem(
        office.post("t1", "bob", of + "/release-withdrawals", asked, Role.BUILDER),
        403,
        "FORBIDDEN");
    expect(200, office.post("t1", "omar", of + "/release-withdrawals", asked, Role.OPERATOR));
    expect(200, office.post("t1", "omar", of + "/release-withdrawals", asked, Role.OPERATOR));

    assertThat(active("recalled")).isZero();
    problem(
        office.post("t1", "dana", of + "/activate", asked, Role.BUILDER), 409, "RELEASE_REQUIRED");
    expect(200, office.post("t1", "lena", of + "/releases", asked, Role.APPROVER));
    expect(200, office.post("t1", "dana", of + "/activate", asked, Role.BUILDER));
    assertThat(office.bus.history("t1", "Workflow", "recalled"))
        .extracting(recorded -> recorded.event().entryType().name())
        .containsExactly(
            "WORKFLOW_PUBLISHED",
            "RELEASE_APPROVED",
            "WORKFLOW_ACTIVATED",
            "RELEASE_WITHDRAWN",
            "WORKFLOW_DEACTIVATED",
            "RELEASE_APPROVED",
            "WORKFLOW_ACTIVATED");
  }

  private static long active(String workflow) {
    return office.store.number("SELECT count(*) FROM workflow_active WHERE workflow = ?", workflow);
  }

  private static void problem(HttpResponse<String> answer, int status, String code) {
    expect(status, answer);
    assertThat(Office.json(answer).path("code").asText()).isEqualTo(code);
  }
}
