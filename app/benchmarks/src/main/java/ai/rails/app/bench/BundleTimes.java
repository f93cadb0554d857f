package ai.rails.app.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.function.Consumer;

import ai.rails.app.embedded.Ports;
import ai.rails.app.embedded.Postgres;
import ai.rails.app.embedded.PostgresRoles;
import ai.rails.app.embedded.Secrets;
import ai.rails.app.evidence.EvidenceCommand;
import ai.rails.domain.checkpoint.Checkpoint;
import ai.rails.domain.checkpoint.Note;
import ai.rails.domain.checkpoint.TlogPolicy;
import ai.rails.domain.ledger.LedgerRow;
import ai.rails.domain.ledger.Origin;
import ai.rails.platform.config.Settings;
import ai.rails.platform.evidence.BundleVerifier;
import ai.rails.platform.evidence.EvidenceKey;
import ai.rails.platform.evidence.Producer;
import ai.rails.platform.evidence.Trust;
import ai.rails.platform.evidence.Verdict;
import ai.rails.platform.http.DevelopmentIssuer;
import ai.rails.platform.http.HttpServer;
import ai.rails.platform.http.Refusals;
import ai.rails.platform.http.Role;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Migrations;
import ai.rails.platform.postgres.PostgresConfig;
import ai.rails.platform.telemetry.Telemetry;
import ai.rails.platform.witness.NoteSigner;
import ai.rails.projection.checkpoint.PolicyFile;
import ai.rails.projection.evidence.EvidenceApi;
import ai.rails.projection.evidence.SignedBundles;
import ai.rails.projection.feed.Progress;
import ai.rails.projection.feed.Views;
import ai.rails.projection.ledger.Coverage;
import ai.rails.schema.EventCodec;

/// Evidence bundles of runs of 200 entries, spread over logs that grow tenfold, as an auditor gets
/// them: over HTTP, from the read side's tables in PostgreSQL, signed, without time stamps. The
/// tables are filled directly; each bundle is verified afterwards.
final class BundleTimes implements AutoCloseable {
  private static final String DOMAIN = "bench.internal";
  private static final String TENANT = "t";
  private static final int RUN_ENTRIES = 200;

  /// The first one warms up.
  private static final int RUNS = 8;

  private static final int CONNECTIONS = 2;
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final InstantSource CLOCK = InstantSource.system();

  private final SecureRandom random = new SecureRandom();
  private final NoteSigner signer = NoteSigner.generate("ledger." + DOMAIN, random);
  private final NoteSigner witness = NoteSigner.generate("witness." + DOMAIN + "/w1", random);
  private final EvidenceKey key = EvidenceKey.generate(random);
  private final EventCodec codec = new EventCodec();
  private final HttpClient client = HttpClient.newHttpClient();
  private final Postgres postgres;
  private final Database database;
  private final DevelopmentIssuer issuer;
  private final HttpServer server;

  BundleTimes(Path directory) throws IOException {
    Secrets secrets = Secrets.open(directory.resolve("read-secrets.properties"), random);
    int port = Ports.open(directory.resolve("read-ports.properties"), random).of("postgres");
    postgres =
        Postgres.start(
            directory.resolve("read-postgres"),
            directory.resolve("postgres-binaries"),
            port,
            secrets);
    try {
      PostgresConfig config = config(port, secrets);
      int _ = Migrations.projections(config);
      database = Database.open(config, PostgresConfig.Role.READ, CONNECTIONS);
      issuer = DevelopmentIssuer.open(directory, CLOCK, () -> "token");
      server = serve(directory);
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      postgres.close();
      throw new IllegalStateException("the read side of the benchmark does not start", e);
    }
  }

  private static PostgresConfig config(int port, Secrets secrets) {
    var properties = new Properties();
    properties.setProperty("postgres.host", "127.0.0.1");
    properties.setProperty("postgres.port", Integer.toString(port));
    properties.setProperty("postgres.database", Postgres.DATABASE);
    for (PostgresRoles role : PostgresRoles.values()) {
      properties.setProperty(role.userKey(), role.user());
      properties.setProperty(role.passwordKey(), secrets.of(role.passwordKey()));
    }
    return PostgresConfig.of(properties);
  }

  private HttpServer serve(Path directory) throws IOException, GeneralSecurityException {
    Path scratch = Files.createDirectories(directory.resolve("scratch"));
    var policy =
        new PolicyFile(Optional.of(Files.writeString(directory.resolve("policy"), policy())));
    var bundles =
        new SignedBundles(
            codec,
            EvidenceCommand.DOCUMENTS,
            key,
            Optional.empty(),
            policy,
            new Producer("bench", "AI Rails", "bench", "none"),
            scratch);
    var views = new Views(database, new Progress());
    var api =
        new EvidenceApi(
            views,
            new Coverage(views, new Progress()),
            taken -> {},
            bundles,
            scratch.resolve("bundles"));
    return HttpServer.start(
        HttpServer.Binding.plain("127.0.0.1", 0),
        api.routes(),
        issuer.tokens(),
        Refusals.UNRECORDED,
        Telemetry.start("bench", Settings.of(Map.of())));
  }

  private String policy() {
    return "log %s\nwitness w1 %s\nquorum w1\n".formatted(signer.key(), witness.cosignatureKey());
  }

  LedgerFigures.Bundle measure(int entries, Consumer<String> progress) throws IOException {
    progress.accept("making bundles inside a log of %d entries".formatted(entries));
    BenchLog log = new BenchLog(Origin.first(DOMAIN, TENANT, "w" + entries));
    fill(log, entries);
    var times = new ArrayList<Duration>();
    long bytes = 0;
    for (int run = 0; run < RUNS; run++) {
      long began = System.nanoTime();
      byte[] bundle = bundle(name(entries, run));
      if (run > 0) {
        times.add(Duration.ofNanos(System.nanoTime() - began));
      }
      verify(bundle, log.origin());
      bytes = bundle.length;
    }
    return new LedgerFigures.Bundle(entries, RUN_ENTRIES, Latency.of(times), bytes);
  }

  /// Runs that nobody else in the database has.
  private static String name(int entries, int run) {
    return BenchEvents.run(1_000_000_000L + 100L * entries + run);
  }

  private void fill(BenchLog log, int entries) throws IOException {
    String workspace = log.origin().workspace();
    var events = new BenchEvents(TENANT, workspace);
    int apart = entries / RUN_ENTRIES;
    try (Connection connection = postgres.connect(Postgres.DATABASE);
        var rows = new EntryRows(connection, TENANT, workspace)) {
      for (long position = 1; position <= entries; position++) {
        int run = (int) ((position - 1) % apart);
        int place = (int) ((position - 1) / apart);
        LedgerRow row =
            run < RUNS
                ? events.row(position, name(entries, run), place, RUN_ENTRIES)
                : events.row(position);
        rows.add(row, log.append(row));
      }
      rows.finish(log, cosigned(log, entries));
    } catch (SQLException e) {
      throw new IOException("the read side's tables can not be filled", e);
    }
  }

  private Note cosigned(BenchLog log, int entries) {
    String origin = log.origin().toString();
    var note = new Note(new Checkpoint(origin, entries, log.root()).text(), List.of());
    return note.with(signer.signAs(origin, note.text()))
        .with(witness.cosign(note.text(), CLOCK.instant().getEpochSecond()));
  }

  private byte[] bundle(String run) throws IOException {
    try {
      String token = issuer.issue(TENANT, "auditor", Set.of(Role.AUDITOR), Duration.ofMinutes(5));
      HttpResponse<byte[]> answer =
          client.send(
              HttpRequest.newBuilder(
                      URI.create(
                          "http://127.0.0.1:%s/v1/evidence/runs/%s".formatted(server.port(), run)))
                  .timeout(PATIENCE)
                  .header("Authorization", "Bearer " + token)
                  .build(),
              BodyHandlers.ofByteArray());
      if (answer.statusCode() != 200) {
        throw new IOException("no bundle: " + new String(answer.body(), StandardCharsets.UTF_8));
      }
      return answer.body();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the development issuer can not sign", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private void verify(byte[] bundle, Origin origin) throws IOException {
    var trust =
        new Trust(
            Optional.of(TlogPolicy.parse(policy()).forLog(origin.toString())),
            List.of(),
            List.of(key.publicKey()),
            List.of());
    Path file = Files.createTempFile("bundle", ".zip");
    try {
      Files.write(file, bundle);
      Verdict verdict = new BundleVerifier(codec, EvidenceCommand.DOCUMENTS).verify(file, trust);
      if (!verdict.verified()) {
        throw new IllegalStateException("a bundle does not verify: " + verdict);
      }
    } finally {
      Files.delete(file);
    }
  }

  @Override
  public void close() {
    client.close();
    server.close();
    database.close();
    postgres.close();
  }
}
