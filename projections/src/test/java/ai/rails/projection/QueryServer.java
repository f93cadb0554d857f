package ai.rails.projection;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.domain.checkpoint.Note;
import ai.rails.domain.checkpoint.TlogPolicy;
import ai.rails.platform.config.Settings;
import ai.rails.platform.evidence.DerivedFiles;
import ai.rails.platform.evidence.EvidenceKey;
import ai.rails.platform.evidence.Producer;
import ai.rails.platform.evidence.Trust;
import ai.rails.platform.http.DevelopmentIssuer;
import ai.rails.platform.http.HttpServer;
import ai.rails.platform.http.Json;
import ai.rails.platform.http.Refusals;
import ai.rails.platform.http.Role;
import ai.rails.platform.http.Route;
import ai.rails.platform.http.Unavailable;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.telemetry.Telemetry;
import ai.rails.projection.access.Taken;
import ai.rails.projection.checkpoint.PolicyFile;
import ai.rails.projection.evidence.SignedBundles;
import ai.rails.projection.feed.CheckpointFolding;
import ai.rails.projection.feed.Feed;
import ai.rails.projection.feed.Folding;
import ai.rails.projection.feed.Progress;
import ai.rails.projection.feed.Standings;
import ai.rails.projection.feed.Views;
import ai.rails.projection.jooq.TestDatabase;
import ai.rails.projection.ledger.TenantLogApi;
import ai.rails.schema.worker.WorkerProtocol.LogPage;

/// The read side's routes on a real server over a real database; the test takes the feed's place.
final class QueryServer implements AutoCloseable {
  static final InstantSource CLOCK = InstantSource.fixed(TestLog.NOON);
  static final EvidenceKey KEY = EvidenceKey.generate(new SecureRandom());

  private final TestDatabase postgres = TestDatabase.start();
  private final Database database = postgres.open();
  private final Folding folding = new Folding(database, Projections.ALL, TestLog.EVENTS);
  private final Map<String, Long> offsets = new HashMap<>();
  private final HttpClient client = HttpClient.newHttpClient();
  private final Progress progress = new Progress();
  private final Progress cosigned = new Progress();
  private final List<Taken> taken = new CopyOnWriteArrayList<>();
  private final AtomicBoolean ledgerAway = new AtomicBoolean();
  private final Notary notary = new Notary("ledger.c1.airails.test");
  private final CheckpointFolding notes = new CheckpointFolding(database, notary::policy);
  private final Views views = new Views(database, progress);
  private final DevelopmentIssuer issuer;
  private final List<Route> routes;
  private final HttpServer server;

  QueryServer(Path directory) throws Exception {
    issuer = DevelopmentIssuer.open(directory, CLOCK, () -> "token");
    routes =
        ReadSide.routes(
            new ReadSide.Parts(
                views,
                new Standings(CLOCK),
                new Standings(CLOCK, Feed.Input.CHECKPOINTS),
                cosigned,
                evidence(directory),
                CLOCK),
            TestLog.EVENTS);
    server =
        HttpServer.start(
            HttpServer.Binding.plain("127.0.0.1", 0),
            routes,
            issuer.tokens(),
            Refusals.UNRECORDED,
            Telemetry.start("projections", Settings.of(Map.of())));
  }

  private ReadSide.Evidence evidence(Path directory) throws IOException {
    Path policy = Files.writeString(directory.resolve("tlog-policy"), notary.policy());
    PolicyFile file = new PolicyFile(Optional.of(policy));
    Path scratch = Files.createDirectories(directory.resolve("scratch"));
    return new ReadSide.Evidence(
        file,
        this::note,
        new SignedBundles(
            TestLog.EVENTS,
            DerivedFiles.NONE,
            KEY,
            Optional.empty(),
            file,
            new Producer("ACME", "AI Rails", "1", "none"),
            scratch),
        scratch.resolve("bundles"),
        "PUBLIC KEY");
  }

  private void note(Taken access) {
    if (ledgerAway.get()) {
      throw new Unavailable("the ledger is away");
    }
    taken.add(access);
  }

  /// Whom an auditor of this server believes.
  Trust trust(TestLog log) {
    return new Trust(
        Optional.of(TlogPolicy.parse(notary.policy()).forLog(log.origin())),
        List.of(),
        List.of(KEY.publicKey()),
        List.of());
  }

  Notary notary() {
    return notary;
  }

  /// What was noted so far.
  List<Taken> taken() {
    return taken;
  }

  /// Whether accesses can not be noted.
  void ledgerAway(boolean away) {
    ledgerAway.set(away);
  }

  /// Signs, has cosigned and folds the state of a log at a size.
  Note checkpoint(TestLog log, long size) {
    Note note = notary.cosigned(log.checkpoint(size));
    String topic = "t.%s.checkpoints.v1".formatted(log.tenant());
    long offset = offsets.merge(topic, 1L, Long::sum) - 1;
    cosigned.move(
        notes
            .fold(topic, 0, List.of(new Folding.Received(offset, TestLog.at(size), note.bytes())))
            .positions());
    return note;
  }

  /// What a worker of the tenant would be given.
  LogPage tenantLog(String tenant, long from) {
    return new TenantLogApi(views).page(tenant, from);
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

  HttpResponse<byte[]> sendAccepting(String type, String tenant, String path) throws Exception {
    return client.send(
        request(tenant, path).header("Accept", type).build(), BodyHandlers.ofByteArray());
  }

  HttpResponse<byte[]> sendAs(Role role, String tenant, String path) throws Exception {
    return client.send(request(tenant, path, role).build(), BodyHandlers.ofByteArray());
  }

  private HttpRequest.Builder request(String tenant, String path) throws Exception {
    return request(tenant, path, Role.OPERATOR);
  }

  private HttpRequest.Builder request(String tenant, String path, Role role) throws Exception {
    String token = issuer.issue(tenant, "alice", Set.of(role), Duration.ofMinutes(5));
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
