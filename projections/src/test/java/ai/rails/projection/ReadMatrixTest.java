package ai.rails.projection;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.domain.connector.ConnectorInstanceEvent.ConnectorInstanceCreated;
import ai.rails.domain.tenant.TenantEvent.ProjectSet;
import ai.rails.domain.workflow.WorkflowEvent.WorkflowPublished;
import ai.rails.platform.http.Access;
import ai.rails.platform.http.Role;
import ai.rails.platform.http.Route;

import static org.assertj.core.api.Assertions.assertThat;

/// Every query but streams, asked by every role about its own tenant's things, another tenant's,
/// and things that nobody has: made from the list of routes, which is the OpenAPI, so that a new
/// query is asked too.
@Timeout(120)
class ReadMatrixTest {
  /// In every id of the tenant that is spied upon.
  private static final String SECRET = "victim";

  private static final String NOBODY = "nobody";

  @TempDir private static Path directory;
  private static QueryServer server;

  @BeforeAll
  static void start() throws Exception {
    server = new QueryServer(directory);
    furnish(SECRET);
    furnish("thief");
    furnish("watched");
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  /// A tenant whose ids all contain its name.
  private static void furnish(String name) {
    var log = new TestLog(name, "ws-" + name);
    List<byte[]> records = new ArrayList<>(log.append(new SampleRun("run-" + name).whole()));
    records.addAll(
        log.append(
            List.of(
                new WorkflowPublished("wf-" + name, "1", "sha256:a", "sha256:b", "key-1", "ann"),
                new ConnectorInstanceCreated(
                    "inst-" + name, "snow", "sha256:c", "h", 443, Optional.empty()))));
    server.fold(log, records);
    server.checkpoint(log, records.size());
    var own = new TestLog(name, "_tenant");
    server.fold(
        own,
        own.append(
            List.of(
                new ProjectSet(
                    name,
                    "project-" + name,
                    "owner-" + name,
                    List.of("ws-" + name),
                    List.of("wf-" + name)))));
  }

  @Test
  void whoHasNotTheRoleIsRefused() throws Exception {
    List<String> wrong = new ArrayList<>();
    int refused = 0;
    for (Route route : queries()) {
      for (Role role : Role.values()) {
        if (!allowed(route).contains(role)) {
          refused++;
          int status = server.sendAs(role, "thief", path(route, "thief")).statusCode();
          if (status != 403) {
            wrong.add("%s as %s: %s".formatted(route.path(), role, status));
          }
        }
      }
    }

    assertThat(wrong).isEmpty();
    assertThat(refused).isGreaterThan(20);
  }

  @Test
  void anotherTenantsThingsAreLikeThoseThatNobodyHas() throws Exception {
    List<String> wrong = new ArrayList<>();
    int asked = 0;
    for (Route route : queries()) {
      for (Role role : allowed(route)) {
        // The platform admits tenants and may ask what became of them.
        if (role == Role.PLATFORM && route.path().startsWith("/v1/tenants/{tenant}")) {
          continue;
        }
        asked++;
        String foreign = said(role, path(route, SECRET)).replace(SECRET, NOBODY);
        String nobody = said(role, path(route, NOBODY));
        if (!foreign.equals(nobody)) {
          wrong.add("%s as %s: %s, but %s".formatted(route.path(), role, foreign, nobody));
        }
      }
    }

    assertThat(wrong).isEmpty();
    assertThat(asked).isGreaterThan(200);
  }

  @Test
  void nothingOfAnotherTenantIsInAnyAnswer() throws Exception {
    List<String> wrong = new ArrayList<>();
    for (Route route : queries()) {
      Role role = Role.AUDITOR;
      String answer = said(role, path(route, "thief"));
      if (answer.contains(SECRET)) {
        wrong.add("%s: %s".formatted(route.path(), answer));
      }
    }

    assertThat(wrong).isEmpty();
  }

  /// So that the others mean something: nearly every query finds what its own tenant has.
  @Test
  void ownThingsAreFound() throws Exception {
    Map<String, Integer> unfound = new TreeMap<>();
    for (Route route : queries()) {
      int status = server.sendAs(Role.AUDITOR, SECRET, path(route, SECRET)).statusCode();
      if (status != 200) {
        unfound.put(route.path(), status);
      }
    }

    // A sample run has no attested worker and no tenant of its own; long tile paths have no tile.
    assertThat(new TreeSet<>(unfound.keySet()))
        .isSubsetOf(
            Set.of(
                "/v1/tenants/{tenant}",
                "/v1/tenants/{tenant}/retention",
                "/v1/workers/{worker}",
                "/v1/workspaces/{ws}",
                "/v1/ledgers/{ws}/log/tile/{level}/{a}",
                "/v1/ledgers/{ws}/log/tile/{level}/{a}/{b}/{c}",
                "/v1/ledgers/{ws}/log/tile/{level}/{a}/{b}/{c}/{d}"));
  }

  /// What the OpenAPI calls noted is answered when the ledger has who asked, and else not at all;
  /// the rest is answered anyhow.
  @Test
  void whatIsEvidenceIsNotedOrNotAnswered() throws Exception {
    List<String> wrong = new ArrayList<>();
    int noted = 0;
    for (Route route : queries()) {
      JsonNode described =
          ReadDescription.load().path("paths").path(route.path()).path("get").path("x-noted");
      String path = path(route, "watched").replace("/tile/0/000.p/1", "/tile/entries/000.p/1");
      server.ledgerAway(true);
      int without = server.sendAs(Role.AUDITOR, "watched", path).statusCode();
      server.ledgerAway(false);
      int before = server.taken().size();
      int with = server.sendAs(Role.AUDITOR, "watched", path).statusCode();
      boolean told =
          server.taken().stream().skip(before).anyMatch(t -> t.route().equals(route.name()));
      boolean found = with != 404; // nobody has tiles so deep
      boolean right =
          described.isBoolean()
              && ((!described.asBoolean() || !found)
                  ? described.asBoolean() || (without == with && !told)
                  : without == 503 && with == 200 && told);
      if (!right) {
        wrong.add("%s: %s then %s, noted %s".formatted(route.path(), without, with, told));
      }
      noted += told ? 1 : 0;
    }

    assertThat(wrong).isEmpty();
    assertThat(noted).isGreaterThanOrEqualTo(11);
  }

  private static List<Route> queries() {
    return server.routes().stream()
        .filter(route -> route.method().equals("GET"))
        .filter(route -> route.access() instanceof Access.Roles)
        // Streams do not end; ListsTest asks for them.
        .filter(route -> !route.path().endsWith("/stream"))
        .toList();
  }

  private static Set<Role> allowed(Route route) {
    return ((Access.Roles) route.access()).allowed();
  }

  private static String path(Route route, String name) {
    String path =
        route
            .path()
            .replace("{ws}", "ws-" + name)
            .replace("{tenant}", name)
            .replace("{run}", "run-" + name)
            .replace("{gate}", "review")
            .replace("{project}", "project-" + name)
            .replace("{worker}", "worker-" + name)
            .replace("{instance}", "inst-" + name)
            .replace("{id}", "wf-" + name)
            .replace("{position}", "1")
            .replace("{level}", "0")
            .replace("{a}", "000.p")
            .replace("{b}", "1")
            .replace("{c}", "x000")
            .replace("{d}", "x000");
    return path + query(route.path(), name);
  }

  private static String query(String path, String name) {
    if (path.endsWith("/periods")) {
      return "?workspace=ws-%s&from=0&to=9000000000000".formatted(name);
    }
    if (path.endsWith("/consistency")) {
      return "?from=1";
    }
    boolean list = !path.contains("{") && !path.equals("/v1/trust");
    return list ? "?workspace=ws-" + name : "";
  }

  /// Status and body, as the thief is told.
  private static String said(Role role, String path) throws Exception {
    HttpResponse<byte[]> answer = server.sendAs(role, "thief", path);
    String body = new String(answer.body(), StandardCharsets.UTF_8);
    return answer.statusCode()
        + " "
        + body.replaceAll("urn:airails:trace:[0-9a-f]+", "urn:airails:trace:");
  }
}
