package ai.rails.projection;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.platform.http.Route;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Migrations;
import ai.rails.platform.postgres.PostgresConfig;
import ai.rails.platform.telemetry.Measure;
import ai.rails.projection.access.AccessNotes;
import ai.rails.projection.access.CoalescedNotes;
import ai.rails.projection.access.NotedQueries;
import ai.rails.projection.budget.CostApi;
import ai.rails.projection.checkpoint.PolicyFile;
import ai.rails.projection.checkpoint.TrustApi;
import ai.rails.projection.connector.CallApi;
import ai.rails.projection.connector.InstanceApi;
import ai.rails.projection.evidence.BundleMaker;
import ai.rails.projection.evidence.EvidenceApi;
import ai.rails.projection.feed.CheckpointFolding;
import ai.rails.projection.feed.Feed;
import ai.rails.projection.feed.FeedApi;
import ai.rails.projection.feed.Folding;
import ai.rails.projection.feed.Progress;
import ai.rails.projection.feed.Rebuild;
import ai.rails.projection.feed.Standings;
import ai.rails.projection.feed.ViewHash;
import ai.rails.projection.feed.Views;
import ai.rails.projection.gate.GateApi;
import ai.rails.projection.ledger.Coverage;
import ai.rails.projection.ledger.LedgerApi;
import ai.rails.projection.ledger.LogApi;
import ai.rails.projection.ledger.ProofApi;
import ai.rails.projection.ledger.TenantLogApi;
import ai.rails.projection.policy.DecisionApi;
import ai.rails.projection.privacy.PrivacyApi;
import ai.rails.projection.run.RunApi;
import ai.rails.projection.runner.RunnerApi;
import ai.rails.projection.runner.RunnerView;
import ai.rails.projection.tenant.EnvironmentApi;
import ai.rails.projection.tenant.ProjectApi;
import ai.rails.projection.tenant.TenantApi;
import ai.rails.projection.worker.WorkerApi;
import ai.rails.projection.worker.WorkerView;
import ai.rails.projection.workflow.WorkflowApi;
import ai.rails.schema.EventCodec;

/// The read side as a whole: the feed that folds, and the routes that answer. Thread-safe.
public final class ReadSide implements AutoCloseable {
  private static final int CONNECTIONS = 8;
  private static final Duration REBUILD_LIMIT = Duration.ofHours(1);

  private final EventCodec events = new EventCodec();
  private final Progress progress = new Progress();
  private final Progress cosigned = new Progress();
  private final Feed.Source source;
  private final Database database;
  private final Folding folding;
  private final CheckpointFolding checkpoints;
  private final Standings standings;
  private final Standings signed;
  private final Views views;
  private final List<Route> routes;
  private Feed feed;
  private Feed notes;

  private ReadSide(Database database, Feed.Source source, InstantSource clock, Evidence evidence) {
    this.source = source;
    this.database = database;
    this.folding = new Folding(database, Projections.ALL, events);
    this.checkpoints = new CheckpointFolding(database, evidence.policy());
    this.standings = new Standings(clock);
    this.signed = new Standings(clock, Feed.Input.CHECKPOINTS);
    this.views = new Views(database, progress);
    this.routes = routes(new Parts(views, standings, signed, cosigned, evidence, clock), events);
    progress.move(folding.heads());
    cosigned.move(checkpoints.sizes());
    this.feed = feed(folding).start();
    this.notes = notes().start();
  }

  /// What evidence needs of the surroundings.
  ///
  /// @param policy whose checkpoints are believed
  /// @param notes tells the ledger who is given evidence
  /// @param maker makes bundles
  /// @param scratch a directory of its own, for bundles in the making
  /// @param publicKey that bundles are signed under, PEM
  public record Evidence(
      PolicyFile policy, AccessNotes notes, BundleMaker maker, Path scratch, String publicKey) {}

  /// What routes are made from.
  ///
  /// @param cosigned log to the size of its newest cosigned checkpoint
  record Parts(
      Views views,
      Standings standings,
      Standings signed,
      Progress cosigned,
      Evidence evidence,
      InstantSource clock) {}

  /// Brings the views' tables to this build's version and begins to follow the ledger.
  ///
  /// @param config with the roles `owner` and `read`
  /// @param source of the ledger
  /// @param clock for lag and ages
  public static ReadSide start(
      PostgresConfig config, Feed.Source source, InstantSource clock, Evidence evidence) {
    int _ = Migrations.projections(config);
    Database database = Database.open(config, PostgresConfig.Role.READ, CONNECTIONS);
    try {
      return new ReadSide(database, source, clock, evidence);
    } catch (RuntimeException e) {
      database.close();
      throw e;
    }
  }

  public List<Route> routes() {
    return routes;
  }

  /// What workers read, on the port of their protocol; described in `worker.yaml`.
  public List<Route> workerRoutes() {
    return new TenantLogApi(views).routes();
  }

  /// OpenAPI 3.1 of these routes, to be merged with that of the write side.
  public static ObjectNode description() {
    return ReadDescription.load();
  }

  static List<Route> routes(Parts parts, EventCodec events) {
    Views views = parts.views();
    Evidence evidence = parts.evidence();
    Coverage coverage = new Coverage(views, parts.cosigned());
    AccessNotes notes = new CoalescedNotes(evidence.notes(), parts.clock());
    return Stream.of(
            new RunApi(views, events, parts.clock()).routes(),
            new GateApi(views, events).routes(),
            NotedQueries.of(new DecisionApi(views).routes(), notes),
            NotedQueries.of(new CallApi(views).routes(), notes),
            NotedQueries.of(new InstanceApi(views).routes(), notes),
            new WorkflowApi(views, events).routes(),
            new CostApi(views).routes(),
            NotedQueries.of(new LedgerApi(views, events, parts.clock()).routes(), notes),
            new ProofApi(views, coverage, notes).routes(),
            new LogApi(views, notes).routes(),
            new EvidenceApi(views, coverage, notes, evidence.maker(), evidence.scratch()).routes(),
            new TrustApi(evidence.policy(), evidence.publicKey()).routes(),
            new TenantApi(views, events).routes(),
            new EnvironmentApi(views, events).routes(),
            new ProjectApi(views, events).routes(),
            new PrivacyApi(views, events).routes(),
            new WorkerApi(views, new WorkerView(events)).routes(),
            new RunnerApi(views, new RunnerView(events)).routes(),
            new FeedApi(views, parts.standings(), parts.signed()).routes())
        .flatMap(List::stream)
        .toList();
  }

  /// Lag and failure, for metrics and health; read as often as one likes.
  public Standings.Summary standing() {
    return standings.all();
  }

  /// How far behind the views are, and who waits for them.
  public List<Measure> measures() {
    return List.of(
        Measure.level(
            "airails.projection.lag",
            "{event}",
            "Chained and not folded yet.",
            () -> standing().lagEntries()),
        Measure.level(
            "airails.projection.age",
            "ms",
            "Age of the newest folded entry while some are left; 0 while none is.",
            () -> standing().lagMillis()),
        Measure.total(
            "airails.projection.entries", "{event}", "Entries folded.", () -> standing().folded()),
        Measure.level(
            "airails.projection.readers",
            "{request}",
            "Readers that wait for a position.",
            progress::waiting),
        Measure.level(
            "airails.projection.checkpoint.lag",
            "{note}",
            "Signed notes published and not taken in yet.",
            () -> signed.all().lagEntries()),
        Measure.total(
            "airails.projection.checkpoint.ignored",
            "{note}",
            "Notes that no key of the policy signed, or that are of no log of ours.",
            checkpoints::passedOver));
  }

  public Views views() {
    return views;
  }

  /// SHA-256 over all views; see [ViewHash].
  public String hash() {
    return ViewHash.of(database);
  }

  /// Lag and failure of the signed checkpoints.
  public Standings.Summary signed() {
    return signed.all();
  }

  /// Whether every partition is followed.
  public boolean healthy() {
    return failure().isEmpty();
  }

  /// Why something is not followed; empty while everything is.
  public String failure() {
    String ledger = standing().failure();
    return ledger.isEmpty() ? signed.all().failure() : ledger;
  }

  /// Forgets all views, folds them from zero and says whether they came out the same. No other read
  /// side of the cell may run. Afterwards the views are followed again, whatever happened.
  ///
  /// @throws ai.rails.platform.http.Unavailable if it takes longer than an hour
  /// @throws IllegalStateException if an entry can not be folded
  public synchronized Rebuild.Rebuilt rebuild() throws InterruptedException {
    feed.close();
    notes.close();
    try {
      return new Rebuild(database, folding, views, standings).run(this::feed, REBUILD_LIMIT);
    } finally {
      feed = feed(folding).start();
      notes = notes().start();
    }
  }

  private Feed feed(Folding into) {
    return new Feed(source, Feed.Input.LEDGER, into, progress, standings);
  }

  private Feed notes() {
    return new Feed(source, Feed.Input.CHECKPOINTS, checkpoints, cosigned, signed);
  }

  /// Lets requests that only wait end at once, so that a server which drains need not wait for
  /// them.
  public void endWaiting() {
    progress.end();
    cosigned.end();
  }

  @Override
  public synchronized void close() {
    feed.close();
    notes.close();
    database.close();
  }
}
