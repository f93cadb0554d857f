package ai.rails.projection;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.domain.tenant.EnvironmentKind;
import ai.rails.domain.tenant.TenantEvent.EnvironmentDeclared;
import ai.rails.domain.tenant.TenantEvent.EnvironmentProposed;
import ai.rails.domain.tenant.TenantEvent.ProjectRemoved;
import ai.rails.domain.tenant.TenantEvent.ProjectSet;

import static org.assertj.core.api.Assertions.assertThat;

/// A tenant's environments and projects, over HTTP. Each test has a tenant of its own.
class TenantQueriesTest {
  @TempDir private static Path directory;
  private static QueryServer server;

  @BeforeAll
  static void start() throws Exception {
    server = new QueryServer(directory);
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  @Test
  void environmentsAreListedAsDeclaredProposedOrOnlyNamed() throws Exception {
    TestLog log = new TestLog("places", "_tenant");
    TestLog work = new TestLog("places", "ws1");
    server.fold(work, work.append(new SampleRun("r1").whole()));
    server.fold(
        log,
        log.append(
            List.of(
                new EnvironmentDeclared(
                    "places", "live", EnvironmentKind.PRODUCTION, "ada", Optional.empty()),
                new EnvironmentProposed("places", "uat", EnvironmentKind.STAGING, "ada"),
                new EnvironmentProposed("places", "pre", EnvironmentKind.STAGING, "ada"),
                new EnvironmentDeclared(
                    "places", "pre", EnvironmentKind.STAGING, "bea", Optional.of("ada")))));

    JsonNode items = server.get("places", "/v1/environments?workspace=_tenant&atLeast=4");

    assertThat(rows(items, "environment", "kind", "needsRelease", "state", "proposedBy"))
        .containsExactly(
            "dev development false NAMED ",
            "live production true DECLARED ",
            "pre staging false DECLARED ada",
            "uat production true PROPOSED ada");
    assertThat(server.get("nobody-else", "/v1/environments").path("items")).isEmpty();
  }

  @Test
  void aProjectCostsWhatItsMembersCostAndNothingTwice() throws Exception {
    TestLog log = new TestLog("firm", "_tenant");
    TestLog work = new TestLog("firm", "ws1");
    TestLog other = new TestLog("firm", "ws2");
    server.fold(work, work.append(new SampleRun("r1").whole()));
    server.fold(other, other.append(new SampleRun("r2").whole()));
    server.fold(
        log,
        log.append(
            List.of(
                new ProjectSet("firm", "east", "ora", List.of("ws1"), List.of()),
                new ProjectSet("firm", "gone", "ora", List.of(), List.of("old")),
                new ProjectRemoved("firm", "gone"))));

    assertThat(rows(server.get("firm", "/v1/projects"), "project", "owner"))
        .containsExactly("east ora");
    assertThat(server.get("firm", "/v1/projects/east").path("cost"))
        .hasToString("[{\"currency\":\"USD\",\"nanos\":700}]");

    server.fold(
        log,
        log.append(List.of(new ProjectSet("firm", "triage", "pat", List.of(), List.of("triage")))));

    assertThat(server.get("firm", "/v1/projects/east").path("cost")).isEmpty();
    assertThat(server.get("firm", "/v1/projects/triage").path("cost"))
        .hasToString("[{\"currency\":\"USD\",\"nanos\":1400}]");
    assertThat(server.send("rival", "/v1/projects/east").statusCode()).isEqualTo(404);
    assertThat(server.get("rival", "/v1/projects").path("items")).isEmpty();
  }

  private static List<String> rows(JsonNode answer, String... columns) {
    return answer
        .path("items")
        .valueStream()
        .map(item ->
            String.join(
                " ", List.of(columns).stream().map(name -> item.path(name).asText()).toList()))
        .toList();
  }
}
