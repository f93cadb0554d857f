package ai.rails.app.journey;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import ai.rails.app.embedded.ProcessIdentity;
import ai.rails.standin.Json;
import ai.rails.standin.Response;
import ai.rails.standin.vendor.House;
import ai.rails.standin.vendor.RotatingTokens;
import ai.rails.standin.vendor.VendorStandIn;

import static org.assertj.core.api.Assertions.assertThat;

/// A service that takes each refresh token once, with `rails up` as a process of its own: calls at
/// the same time, a worker that is killed, and a token that is refused before its end.
@Tag("slow")
final class RefreshJourneyTest {
  private static final String HOST = "desk.airails.internal";
  private static final String WORKFLOW = "desk-read";
  private static final Map<String, String> CLIENT =
      Map.of("client_id", "desk-app", "client_secret", "canary-client-secret");
  private static final String SOURCE =
      """
      apiVersion: airails.dev/v1
      kind: Workflow
      metadata: {id: desk-read, version: 1.0.0, title: Reads a record}
      inputs: {id: id}
      triggers:
        - {id: manual, kind: manual}
      connectors:
        desk: {connector: http, version: 1.3.0, instance: desk-main}
      steps:
        - id: read
          kind: tool
          use: desk.get
          with: {collection: orders, id: {from: /inputs/id}}
          retry: {attempts: 5, backoff: PT1S, maxBackoff: PT2S}
          timeout: PT1M
      limits: {duration: PT10M, cost: 0.50 USD}
      settings: {}
      """;

  @TempDir private Path directory = Path.of(".");

  @Test
  void whatARefreshTokenIsChangedForServesAllWorkersWhileItLives() throws Exception {
    Path data = directory.resolve("data");
    var tokens =
        new RotatingTokens(
            HOST, "/oauth2/token", _ -> true, CLIENT, bearer -> new House(HOST, bearer, List.of()));
    try (Outside outside = Outside.start(directory);
        VendorStandIn desk = outside.vendor(HOST, tokens)) {
      desk.journal()
          .effect(
              House.PUT,
              Json.object().put("place", "/orders/7").set("record", Json.object().put("a", 1)));
      try (RailsProcess rails = up(data, outside.servers())) {
        Administrators administrators = connected(outside.triage(data, false));

        completed(administrators, 3);
        assertThat(grants(desk)).as("of calls at the same time one asked").isEqualTo(1);

        workers(data).forEach(Signals::kill);
        completed(administrators, 1);
        assertThat(grants(desk)).as("another process has what is kept").isEqualTo(1);

        desk.instead(request -> request.method().equals("GET"), Response.json(401, Json.object()));
        completed(administrators, 1);
        assertThat(grants(desk)).as("with the refresh token that came back").isEqualTo(2);

        assertThat(stored(administrators.triage())).containsExactly("USER", "WORKER", "WORKER");
        assertThat(rails.output()).doesNotContain("canary");
      }
    }
  }

  private RailsProcess up(Path data, Path servers) throws Exception {
    return RailsProcess.start(
        directory.resolve("up.log"),
        "API on",
        Cell.environment(directory),
        "up",
        "--data",
        data.toString(),
        "--servers",
        servers.toString());
  }

  private static Administrators connected(Triage triage) {
    var administrators = new Administrators(triage);
    Map<String, String> credential = new TreeMap<>(CLIENT);
    credential.put("refresh_token", RotatingTokens.refreshToken(0));
    administrators.connect("desk-main", "http", "1.3.0", HOST, Map.of(), credential);
    administrators.publish(WORKFLOW, SOURCE, List.of(Map.of("connector", "desk", "action", "get")));
    return administrators;
  }

  private static void completed(Administrators administrators, int count) {
    Triage triage = administrators.triage();
    List<String> runs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      runs.add(administrators.start(WORKFLOW, Map.of("id", "7")));
    }
    for (String run : runs) {
      Triage.await(
          "the end of " + run, () -> List.of("COMPLETED", "FAILED").contains(triage.status(run)));
      assertThat(triage.status(run)).as(triage.events(run).toString()).isEqualTo("COMPLETED");
    }
  }

  private static long grants(VendorStandIn desk) {
    return desk.journal().effects(RotatingTokens.GRANT);
  }

  private static List<ProcessHandle> workers(Path data) throws Exception {
    try (Stream<Path> records = Files.list(data.resolve("run"))) {
      return records
          .filter(file -> file.getFileName().toString().matches("worker-.*\\.pid"))
          .flatMap(file -> ProcessIdentity.read(file).flatMap(ProcessIdentity::alive).stream())
          .toList();
    }
  }

  /// Who stored the credential, each time.
  private static List<String> stored(Triage triage) {
    return triage.all("/v1/ledgers/%s/entries?limit=200".formatted(triage.workspace())).stream()
        .filter(entry -> entry.path("entryType").asText().equals("CREDENTIAL_STORED"))
        .filter(entry -> entry.path("event").path("instance").asText().equals("desk-main"))
        .map(entry -> entry.path("header").path("actor").path("kind").asText())
        .toList();
  }
}
