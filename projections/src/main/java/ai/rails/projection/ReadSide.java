package ai.rails.projection;

import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.platform.http.Route;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Migrations;
import ai.rails.platform.postgres.PostgresConfig;
import ai.rails.platform.telemetry.Measure;
import ai.rails.projection.budget.CostApi;
import ai.rails.projection.connector.CallApi;
import ai.rails.projection.connector.InstanceApi;
import ai.rails.projection.feed.FeedApi;
import ai.rails.projection.feed.Folding;
import ai.rails.projection.feed.LedgerFeed;
import ai.rails.projection.feed.Progress;
import ai.rails.projection.feed.Rebuild;
import ai.rails.projection.feed.Standings;
import ai.rails.projection.feed.ViewHash;
import ai.rails.projection.feed.Views;
import ai.rails.projection.gate.GateApi;
import ai.rails.projection.ledger.LedgerApi;
import ai.rails.projection.policy.DecisionApi;
import ai.rails.projection.privacy.PrivacyApi;
import ai.rails.projection.run.RunApi;
import ai.rails.projection.tenant.TenantApi;
import ai.rails.projection.workflow.WorkflowApi;
import ai.rails.schema.EventCodec;

/// The read side as a whole: the feed that folds, and the routes that answer. Thread-safe.
public final class ReadSide implements AutoCloseable {
  private static final int CONNECTIONS = 8;
  private static final Duration REBUILD_LIMIT = Duration.ofHours(1);

  private final EventCodec events = new EventCodec();
  private final Progress progress = new Progress();
  private final Properties kafka;
  private final Database database;
  private final Folding folding;
  private final Standings standings;
  private final Views views;
  private LedgerFeed feed;

  private ReadSide(Database database, Properties kafka, InstantSource clock) {
    this.kafka = kafka;
    this.database = database;
    this.folding = new Folding(database, Projections.ALL, events);
    this.standings = new Standings(clock);
    this.views = new Views(database, progress);
    progress.move(folding.heads());
    this.feed = feed(folding).start();
  }

  /// Brings the views' tables to this build's version and begins to follow the ledger.
  ///
  /// @param config with the roles `owner` and `read`
  /// @param kafka bootstrap servers and login of `svc-projection`
  /// @param clock for the lag
  public static ReadSide start(PostgresConfig config, Properties kafka, InstantSource clock) {
    int _ = Migrations.projections(config);
    Database database = Database.open(config, PostgresConfig.Role.READ, CONNECTIONS);
    try {
      return new ReadSide(database, kafka, clock);
    } catch (RuntimeException e) {
      database.close();
      throw e;
    }
  }

  public List<Route> routes() {
    return routes(views, standings, events);
  }

  /// OpenAPI 3.1 of these routes, to be merged with that of the write side.
  public static ObjectNode description() {
    return ReadDescription.load();
  }

  static List<Route> routes(Views views, Standings standings, EventCodec events) {
    return Stream.of(
            new RunApi(views, events).routes(),
            new GateApi(views).routes(),
            new DecisionApi(views).routes(),
            new CallApi(views).routes(),
            new InstanceApi(views).routes(),
            new WorkflowApi(views).routes(),
            new CostApi(views).routes(),
            new LedgerApi(views, events).routes(),
            new TenantApi(views, events).routes(),
            new PrivacyApi(views, events).routes(),
            new FeedApi(views, standings).routes())
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
            progress::waiting));
  }

  public Views views() {
    return views;
  }

  /// SHA-256 over all views; see [ViewHash].
  public String hash() {
    return ViewHash.of(database);
  }

  /// Whether every partition is followed.
  public boolean healthy() {
    return standing().failure().isEmpty();
  }

  /// Forgets all views, folds them from zero and says whether they came out the same. No other read
  /// side of the cell may run. Afterwards the views are followed again, whatever happened.
  ///
  /// @throws ai.rails.platform.http.Unavailable if it takes longer than an hour
  /// @throws IllegalStateException if an entry can not be folded
  public synchronized Rebuild.Rebuilt rebuild() throws InterruptedException {
    feed.close();
    try {
      return new Rebuild(database, folding, views, standings).run(this::feed, REBUILD_LIMIT);
    } finally {
      feed = feed(folding).start();
    }
  }

  private LedgerFeed feed(Folding into) {
    return new LedgerFeed(kafka, into, progress, standings);
  }

  /// Lets requests that only wait end at once, so that a server which drains need not wait for
  /// them.
  public void endWaiting() {
    progress.end();
  }

  @Override
  public synchronized void close() {
    feed.close();
    database.close();
  }
}
