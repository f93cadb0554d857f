package ai.rails.projection;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.platform.config.Settings;
import ai.rails.platform.http.DevelopmentIssuer;
import ai.rails.platform.http.HttpServer;
import ai.rails.platform.http.Json;
import ai.rails.platform.http.Refusals;
import ai.rails.platform.http.Role;
import ai.rails.platform.http.Route;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.telemetry.Telemetry;
import ai.rails.projection.feed.Folding;
import ai.rails.projection.feed.Progress;
import ai.rails.projection.feed.Standings;
import ai.rails.projection.feed.Views;
import ai.rails.projection.jooq.TestDatabase;

/// The read side's routes on a real server over a real database; the test takes the feed's place.
final class QueryServer implements AutoCloseable {
  static final InstantSource CLOCK = InstantSource.fixed(TestLog.NOON);

  private final TestDatabase postgres = TestDatabase.start();
  private final Database database = postgres.open();
  private final Folding folding = new Folding(database, Projections.ALL, TestLog.EVENTS);
  private final Map<String, Long> offsets = new HashMap<>();
  private final HttpClient client = HttpClient.newHttpClient();
  private final Progress progress = new Progress();
  private final DevelopmentIssuer issuer;
  private final List<Route> routes;
  private final HttpServer server;

  QueryServer(Path directory) throws Exception {
    issuer = DevelopmentIssuer.open(directory, CLOCK, () -> "token");
    routes = ReadSide.routes(new Views(database, progress), new Standings(CLOCK), TestLog.EVENTS);
    server =
        HttpServer.start(
            HttpServer.Binding.plain("127.0.0.1", 0),
            routes,
            issuer.tokens(),
            Refusals.UNRECORDED,
            Telemetry.start("projections", Settings.of(Map.of())));
  }

  List<Route> routes() {
    return routes;
  }

  /// Streams that wait for more.
  int openStreams() {
    return progress.waiting();
  }

  void fold(TestLog log, List<byte[]> records) {
    progress.move(foldElsewhere(log, records));
  }

  /// As another process would: this one does not hear of it.
  Map<String, Long> foldElsewhere(TestLog log, List<byte[]> records) {
    List<Folding.Received> batch = new ArrayList<>();
    for (byte[] record : records) {
      batch.add(new Folding.Received(offsets.merge(log.topic(), 1L, Long::sum) - 1, record));
    }
    return folding.fold(log.topic(), 0, batch).positions();
  }

  JsonNode get(String tenant, String path) throws Exception {
    HttpResponse<byte[]> response = send(tenant, path);
    if (response.statusCode() != 200) {
      throw new AssertionError(
          "%s: %d %s"
              .formatted(
                  path,
                  response.statusCode(),
                  new String(response.body(), StandardCharsets.UTF_8)));
    }
    return Json.tree(response.body());
  }

  HttpResponse<byte[]> send(String tenant, String path) throws Exception {
    return client.send(request(tenant, path).build(), BodyHandlers.ofByteArray());
  }

  HttpResponse<InputStream> stream(String tenant, String path, String lastEventId)
      throws Exception {
    HttpRequest.Builder request = request(tenant, path);
    if (!lastEventId.isEmpty()) {
      request.header("Last-Event-ID", lastEventId);
    }
    return client.send(request.build(), BodyHandlers.ofInputStream());
  }

  private HttpRequest.Builder request(String tenant, String path) throws Exception {
    String token = issuer.issue(tenant, "alice", Set.of(Role.OPERATOR), Duration.ofMinutes(5));
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
        .timeout(Duration.ofSeconds(20))
        .header("Authorization", "Bearer " + token);
  }

  @Override
  public void close() throws IOException {
    server.close();
    database.close();
    postgres.close();
  }
}
