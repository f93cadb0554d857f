package ai.rails.command.connector;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.command.CommandBus;
import ai.rails.command.CommandContext;
import ai.rails.domain.Actor;
import ai.rails.domain.connector.ConnectorInstanceCommand.NoteBreaker;
import ai.rails.domain.connector.ConnectorInstanceEvent.BreakerState;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Errand;
import ai.rails.platform.postgres.Sql;
import ai.rails.platform.telemetry.Telemetry;

/// Makes events of breakers that opened or closed. The row changes with a call's outcome, which is
/// an event of the run; the instance's own event follows, from whichever process looks first, and
/// is told once however many do. Thread-safe.
public final class Breakers {
  private static final Logger LOG = LoggerFactory.getLogger(Breakers.class);
  private static final int AT_ONCE = 100;
  private static final String UNTOLD =
      """
      SELECT tenant, instance, workspace, open_until IS NOT NULL, code, failures, opened
        FROM instance_flow WHERE NOT told ORDER BY tenant, instance LIMIT ?
      """;
  private static final String TOLD =
      """
      UPDATE instance_flow SET told = true
       WHERE tenant = ? AND instance = ? AND opened = ? AND (open_until IS NOT NULL) = ?
      """;

  private final Database database;
  private final Supplier<CommandBus> bus;
  private final Supplier<UUID> ids;

  public Breakers(Database database, Supplier<CommandBus> bus, Supplier<UUID> ids) {
    this.database = database;
    this.bus = bus;
    this.ids = ids;
  }

  private record News(String workspace, NoteBreaker command) {}

  /// Tells what changed since.
  public void tell() {
    List<News> untold =
        database.acrossTenants(Errand.BREAKERS, c -> Sql.all(c, UNTOLD, Breakers::read, AT_ONCE));
    untold.forEach(this::tell);
  }

  private void tell(News news) {
    NoteBreaker command = news.command();
    try {
      bus.get().dispatch(context(news), ConnectorInstanceEntity.TYPE, command);
    } catch (RuntimeException e) {
      LOG.atWarn()
          .setCause(e)
          .addKeyValue("tenant", command.tenant())
          .addKeyValue("instance", command.instance())
          .log("a breaker's change could not be noted yet");
    }
  }

  private CommandContext context(News news) {
    String id = ids.get().toString();
    NoteBreaker command = news.command();
    return new CommandContext(
            command.tenant(),
            news.workspace(),
            Optional.empty(),
            new Actor(Actor.Kind.SERVICE, "breakers"),
            id,
            id,
            Telemetry.current(),
            Optional.empty(),
            Optional.empty(),
            List.of())
        .with(c ->
            Sql.execute(
                c,
                TOLD,
                command.tenant(),
                command.instance(),
                command.opened(),
                command.state() == BreakerState.OPEN));
  }

  private static News read(ResultSet row) throws SQLException {
    return new News(
        row.getString(3),
        new NoteBreaker(
            row.getString(1),
            row.getString(2),
            row.getBoolean(4) ? BreakerState.OPEN : BreakerState.CLOSED,
            row.getString(5),
            row.getInt(6),
            row.getLong(7)));
  }
}
