package ai.rails.projection;

import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;

import ai.rails.platform.http.Route;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Migrations;
import ai.rails.platform.postgres.PostgresConfig;
import ai.rails.projection.budget.CostApi;
import ai.rails.projection.connector.CallApi;
import ai.rails.projection.feed.Folding;
import ai.rails.projection.feed.LedgerFeed;
import ai.rails.projection.feed.Progress;
import ai.rails.projection.feed.Views;
import ai.rails.projection.gate.GateApi;
import ai.rails.projection.ledger.LedgerApi;
import ai.rails.projection.policy.DecisionApi;
import ai.rails.projection.run.RunApi;
import ai.rails.schema.EventCodec;

/// The read side as a whole: the feed that folds, and the routes that answer.
public final class ReadSide implements AutoCloseable {
  private static final int CONNECTIONS = 8;

  private final Database database;
  private final LedgerFeed feed;
  private final Views views;
  private final EventCodec events = new EventCodec();

  private ReadSide(PostgresConfig config, Properties kafka) {
    Migrations.projections(config);
    this.database = Database.open(config, PostgresConfig.Role.READ, CONNECTIONS);
    Progress progress = new Progress();
    Folding folding = new Folding(database, Projections.ALL, events);
    progress.move(folding.heads());
    this.feed = new LedgerFeed(kafka, folding, progress);
    this.views = new Views(database, progress);
  }

  /// @param kafka bootstrap servers and login of `svc-projection`
  public static ReadSide start(PostgresConfig config, Properties kafka) {
    ReadSide side = new ReadSide(config, kafka);
    side.feed.start();
    return side;
  }

  public List<Route> routes() {
    return Stream.of(
            new RunApi(views, events).routes(),
            new GateApi(views).routes(),
            new DecisionApi(views).routes(),
            new CallApi(views).routes(),
            new CostApi(views).routes(),
            new LedgerApi(views, events).routes())
        .flatMap(List::stream)
        .toList();
  }

  public LedgerFeed feed() {
    return feed;
  }

  public Views views() {
    return views;
  }

  /// SHA-256 over all views; see [ai.rails.projection.feed.ViewHash].
  public String hash() {
    return ai.rails.projection.feed.ViewHash.of(database);
  }

  public boolean healthy() {
    return feed.failure().isEmpty();
  }

  @Override
  public void close() {
    feed.close();
    database.close();
  }
}
