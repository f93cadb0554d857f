package ai.rails.command.connector;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.command.CommandBus;
import ai.rails.command.CommandContext;
import ai.rails.command.run.Actions;
import ai.rails.domain.Actor;
import ai.rails.domain.connector.ConnectorInstanceCommand.NoteRevocation;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Errand;
import ai.rails.platform.postgres.Sql;
import ai.rails.platform.telemetry.Telemetry;

/// Makes events of revoked connector versions, one for each instance that is bound to one. What is
/// revoked is the installation's list and holds at once; each tenant's own history follows, from
/// whichever process looks first, and its instance stays revoked whatever becomes of the list.
/// Thread-safe.
public final class Revocations {
  private static final Logger LOG = LoggerFactory.getLogger(Revocations.class);
  private static final int AT_ONCE = 100;
  private static final String UNTOLD =
      """
      SELECT tenant, workspace, instance, connector_digest FROM connector_instance
       WHERE revoked_at IS NULL AND connector_digest = ANY (?)
       ORDER BY tenant, instance LIMIT ?
      """;
  private static final String TOLD =
      """
      UPDATE connector_instance SET revoked_at = clock_timestamp()
       WHERE tenant = ? AND instance = ? AND connector_digest = ? AND revoked_at IS NULL
      """;

  private final Database database;
  private final Actions actions;
  private final Supplier<CommandBus> bus;
  private final Supplier<UUID> ids;

  public Revocations(
      Database database, Actions actions, Supplier<CommandBus> bus, Supplier<UUID> ids) {
    this.database = database;
    this.actions = actions;
    this.bus = bus;
    this.ids = ids;
  }

  private record News(String workspace, NoteRevocation command) {}

  /// Tells what was revoked since.
  public void tell() {
    Set<String> revoked = actions.revoked();
    if (!revoked.isEmpty()) {
      String[] digests = revoked.toArray(String[]::new);
      List<News> untold =
          database.acrossTenants(
              Errand.REVOCATIONS, c -> Sql.all(c, UNTOLD, Revocations::read, digests, AT_ONCE));
      untold.forEach(this::tell);
    }
  }

  private void tell(News news) {
    NoteRevocation command = news.command();
    try {
      bus.get().dispatch(context(news), ConnectorInstanceEntity.TYPE, command);
    } catch (RuntimeException e) {
      LOG.atWarn()
          .setCause(e)
          .addKeyValue("tenant", command.tenant())
          .addKeyValue("instance", command.instance())
          .log("a connector's revocation could not be noted yet");
    }
  }

  private CommandContext context(News news) {
    String id = ids.get().toString();
    NoteRevocation command = news.command();
    return new CommandContext(
            command.tenant(),
            news.workspace(),
            Optional.empty(),
            new Actor(Actor.Kind.SERVICE, "revocations"),
            id,
            id,
            Telemetry.current(),
            Optional.empty(),
            Optional.empty(),
            List.of())
        .with(c ->
            Sql.execute(c, TOLD, command.tenant(), command.instance(), command.connectorDigest()));
  }

  private static News read(ResultSet row) throws SQLException {
    return new News(
        row.getString(2), new NoteRevocation(row.getString(1), row.getString(3), row.getString(4)));
  }
}
