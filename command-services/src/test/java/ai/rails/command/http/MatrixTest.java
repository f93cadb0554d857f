package ai.rails.command.http;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.crypto.tink.subtle.Ed25519Sign;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.command.CommandServices;
import ai.rails.command.CommandServices.Surroundings;
import ai.rails.command.TestIds;
import ai.rails.command.TestStore;
import ai.rails.platform.config.Settings;
import ai.rails.platform.http.Access;
import ai.rails.platform.http.DevelopmentIssuer;
import ai.rails.platform.http.HttpServer;
import ai.rails.platform.http.HttpServer.Binding;
import ai.rails.platform.http.Json;
import ai.rails.platform.http.Role;
import ai.rails.platform.http.Route;
import ai.rails.platform.telemetry.Telemetry;

import static org.assertj.core.api.Assertions.assertThat;

/// Every operation of the write side, asked by everybody who may not: made from the list of routes,
/// which is the OpenAPI ([DescriptionTest]), so that a new operation is asked too.
@Tag("slow")
class MatrixTest {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();

  /// Ids that tenant `t1` has and `t2` has not.
  private static final Map<String, String> OWN =
      Map.of(
          "ws", "w1",
          "tenant", "t1",
          "run", "run-1",
          "id", "triage",
          "key", "keykeykeykeykey1",
          "instance", "snow-dev",
          "subject", "dana",
          "scope", "workflow",
          "target", "triage");

  private static final TestIds IDS = new TestIds();

  @TempDir private static Path data;
  private static TestStore store;
  private static CommandServices services;
  private static DevelopmentIssuer issuer;
  private static HttpServer server;
  private static Telemetry telemetry;

  @BeforeAll
  static void start() throws Exception {
    store =
        TestStore.open()
            .tenant("t1", "w1")
            .tenant("t2", "w2")
            .tenant("t3", "w3")
            .tenant("t4", "w4")
            .tenant("t5", "w5");
    furnish();
    services = services("test");
    issuer = DevelopmentIssuer.open(data, InstantSource.system(), () -> IDS.get().toString());
    telemetry = Telemetry.inMemory();
    server =
        HttpServer.start(
            Binding.plain("127.0.0.1", 0),
            services.routes(),
            services.authenticator(issuer.tokens()),
            services.refusals(),
            telemetry);
  }

  private static CommandServices services(String kind) throws Exception {
    Settings settings =
        Settings.of(
            Map.of(
                "cell.id", "c1",
                "region", "eu",
                "environment.kind", kind,
                "passkeys.relyingParty", "rails.test",
                "data.dir", data.toString(),
                "opa.url", "http://127.0.0.1:1",
                "opa.token", "t",
                "egress.proxyId", "p1",
                "command.url", "http://127.0.0.1:1"));
    return CommandServices.start(
        settings,
        store.config(),
        new Surroundings(
            new TestCompiler(),
            (_, _, _) -> true,
            (_, _) -> Optional.empty(),
            new Ed25519Sign(Ed25519Sign.KeyPair.newKeyPair().getPrivateKey()),
            InstantSource.system(),
            new Random(1),
            IDS));
  }

  @AfterAll
  static void stop() {
    server.close();
    services.close();
    telemetry.close();
    store.close();
  }

  @Test
  void whoHasNotTheRoleIsRefused() throws Exception {
    List<String> wrong = new ArrayList<>();
    int asked = 0;
    for (Route route : guarded()) {
      Set<Role> allowed = ((Access.Roles) route.access()).allowed();
      for (Role role : Role.values()) {
        if (!allowed.contains(role)) {
          asked++;
          Said said = ask(route, path(route, OWN), "t1", role, "{}");
          if (said.status() != 403 || !said.code().equals("FORBIDDEN")) {
            wrong.add("%s as %s: %s".formatted(route.name(), role, said));
          }
        }
      }
      if (ask(route, path(route, OWN), "", Role.ADMIN, "{}").status() != 401) {
        wrong.add(route.name() + " without a token");
      }
    }

    assertThat(wrong).isEmpty();
    assertThat(asked).isGreaterThan(150);
  }

  /// What the OpenAPI calls noted is in the log before it is answered, and nothing else is.
  @Test
  void whatIsEvidenceIsNoted() throws Exception {
    List<String> wrong = new ArrayList<>();
    int noted = 0;
    for (Route route : guarded()) {
      if (!route.method().equals("GET")) {
        continue;
      }
      JsonNode described =
          ApiDescription.clients().path("paths").path(route.path()).path("get").path("x-noted");
      Role role = ((Access.Roles) route.access()).allowed().iterator().next();
      long before = noted();
      Said _ = ask(route, path(route, OWN), "t3", role, "");
      if (!described.isBoolean() || described.asBoolean() != noted() > before) {
        wrong.add("%s: noted %s".formatted(route.name(), noted() - before));
      }
      noted += described.asBoolean() ? 1 : 0;
    }

    assertThat(wrong).isEmpty();
    assertThat(noted).isGreaterThanOrEqualTo(8);
  }

  private static long noted() {
    return store.number("SELECT count(*) FROM event WHERE event_type = 'EVIDENCE_READ'");
  }

  /// The kind of the installation alone decides it.
  @Test
  void inProductionNobodyGivesRolesAlone() throws Exception {
    String path = "/v1/workspaces/w5/roles/zoe";
    try (CommandServices production = services("production");
        HttpServer other =
            HttpServer.start(
                Binding.plain("127.0.0.1", 0),
                production.routes(),
                production.authenticator(issuer.tokens()),
                production.refusals(),
                telemetry)) {
      assertThat(put(other, path)).isEqualTo(202);
      assertThat(zoe()).isZero();
    }
    assertThat(put(server, path)).isEqualTo(200);
    assertThat(zoe()).isEqualTo(1);
  }

  private static int put(HttpServer at, String path) throws Exception {
    return CLIENT
        .send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + at.port() + path))
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + token("t5", Role.ADMIN))
                .PUT(HttpRequest.BodyPublishers.ofString("{\"roles\": [\"operator\"]}"))
                .build(),
            HttpResponse.BodyHandlers.discarding())
        .statusCode();
  }

  private static long zoe() {
    return store.number("SELECT count(*) FROM principal_role WHERE subject = 'zoe'");
  }

  /// Who shows a token and is refused is in the log before he hears of it, once for each operation.
  @Test
  void everyRefusalIsNoted() throws Exception {
    List<String> wrong = new ArrayList<>();
    for (Route route : guarded()) {
      Set<Role> allowed = ((Access.Roles) route.access()).allowed();
      Optional<Role> other =
          Arrays.stream(Role.values()).filter(role -> !allowed.contains(role)).findFirst();
      long before = refusals();
      if (other.isPresent()
          && ask(route, path(route, OWN), "t4", other.get(), "{}").status() == 403
          && refusals() != before + 1) {
        wrong.add("%s as %s".formatted(route.name(), other.get()));
      }
    }

    assertThat(wrong).isEmpty();
    assertThat(refusals()).isGreaterThan(30);
  }

  private static long refusals() {
    return store.number(
        "SELECT count(*) FROM event WHERE tenant = 't4' AND event_type = 'ACCESS_REFUSED'");
  }

  @Test
  void aForeignTenantsIdsAreLikeAnyOthers() throws Exception {
    List<String> wrong = new ArrayList<>();
    int asked = 0;
    for (Route route : guarded()) {
      if (!route.path().contains("{")) {
        continue;
      }
      for (Role role : ((Access.Roles) route.access()).allowed()) {
        if (role == Role.PLATFORM || role == Role.SERVICE) {
          continue;
        }
        asked++;
        Said foreign = ask(route, path(route, OWN), "t2", role, body(route));
        Said random = ask(route, path(route, Map.of("scope", "workflow")), "t2", role, body(route));
        boolean same = foreign.status() == random.status() && foreign.code().equals(random.code());
        if (!same || foreign.body().contains("t1-secret")) {
          wrong.add("%s as %s: %s, but %s".formatted(route.name(), role, foreign, random));
        }
      }
    }

    assertThat(wrong).isEmpty();
    assertThat(asked).isGreaterThan(20);
    assertThat(
            store.number(
                "SELECT count(*) FROM event WHERE tenant = 't1' AND event_type"
                    + " NOT IN ('ACCESS_REFUSED', 'POLICY_BUNDLE_PUBLISHED')"))
        .isZero();
  }

  @Test
  void undeclaredMembersAreRefused() throws Exception {
    List<String> wrong = new ArrayList<>();
    for (Route route : guarded()) {
      if (!route.method().equals("POST") && !route.method().equals("PUT")) {
        continue;
      }
      Role role = ((Access.Roles) route.access()).allowed().iterator().next();
      Said said = ask(route, path(route, OWN), "t1", role, "{\"undeclared_member\": 1}");
      if (said.status() < 400 || said.status() >= 500) {
        wrong.add("%s: %s".formatted(route.name(), said));
      }
    }

    // What takes no body looks at none.
    wrong.removeIf(line -> line.matches(".*/(provisioned|open): .*"));
    assertThat(wrong).isEmpty();
  }

  private record Said(int status, String code, String body) {
    @Override
    public String toString() {
      return status + " " + code + " " + body.substring(0, Math.min(160, body.length()));
    }
  }

  private static List<Route> guarded() {
    return services.routes().stream()
        .filter(route -> route.access() instanceof Access.Roles)
        .filter(route -> !route.path().startsWith("/policy/v1/bundles/"))
        .toList();
  }

  private static String path(Route route, Map<String, String> ids) {
    String path = route.path();
    for (String name : Arrays.asList(path.split("[{}]", -1))) {
      if (path.contains("{" + name + "}")) {
        path = path.replace("{" + name + "}", ids.getOrDefault(name, "nobody-has-this"));
      }
    }
    return path;
  }

  private static String body(Route route) {
    return route.path().contains("/pauses/") ? "{\"code\": \"x\"}" : "{}";
  }

  private static Said ask(Route route, String path, String tenant, Role role, String body)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
            .timeout(Duration.ofSeconds(30))
            .header("Content-Type", "application/json")
            .method(
                route.method(),
                route.method().equals("GET")
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofString(body));
    if (!tenant.isEmpty()) {
      request.header("Authorization", "Bearer " + token(tenant, role));
    }
    HttpResponse<String> answer =
        CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
    return new Said(answer.statusCode(), code(answer.body()), answer.body());
  }

  private static String token(String tenant, Role role) throws GeneralSecurityException {
    return issuer.issue(tenant, "mallory", Set.of(role), Duration.ofMinutes(30));
  }

  private static String code(String body) {
    if (!body.startsWith("{")) {
      return "";
    }
    JsonNode json = Json.tree(body.getBytes(StandardCharsets.UTF_8));
    return json.path("code").asText("");
  }

  private static void furnish() {
    store.execute(
        "INSERT INTO api_key (key, tenant, subject, secret_hash, roles, expires_at, issued_by)"
            + " VALUES ('keykeykeykeykey1', 't1', 't1-secret', '\\x00', '{admin}',"
            + " clock_timestamp() + interval '1 day', 'ada')");
    store.execute(
        "INSERT INTO run_index (tenant, run, workspace, environment, workflow, artifact_digest)"
            + " VALUES ('t1', 'run-1', 'w1', 'dev', 'triage', 't1-secret')");
    store.execute("INSERT INTO principal_role VALUES ('t1', 'dana', 'operator')");
    store.execute(
        "INSERT INTO policy_draft (tenant, draft, author, content_sha256, base_sha256, data, state)"
            + " VALUES ('t1', 'triage', 't1-secret', 'x', 'x', '{}', 'OPEN')");
    store.execute(
        "INSERT INTO policy_simulation VALUES ('t1', 'triage', 't1-secret', 'x', 'x', true)");
  }
}
