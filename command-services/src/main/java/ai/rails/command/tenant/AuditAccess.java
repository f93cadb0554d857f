package ai.rails.command.tenant;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.command.CommandBus;
import ai.rails.command.CommandContext;
import ai.rails.domain.Actor;
import ai.rails.domain.Header;
import ai.rails.domain.Refused;
import ai.rails.domain.tenant.PersonCommand.EndAuditAccess;
import ai.rails.platform.http.Authenticator;
import ai.rails.platform.http.Principal;
import ai.rails.platform.http.Role;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Errand;
import ai.rails.platform.postgres.Sql;

/// Auditors from outside, at each of their requests: whoever was let in for a time reads as an
/// auditor until it is over, and afterwards nothing, whatever roles his provider's tokens name.
/// That it is over becomes an event of its own. Thread-safe.
public final class AuditAccess {
  private static final Logger LOG = LoggerFactory.getLogger(AuditAccess.class);
  private static final Actor CLOCK = new Actor(Actor.Kind.TIMER, "timer");
  private static final int AT_ONCE = 100;
  private static final String STANDING =
      """
      SELECT max(until) FILTER (WHERE ended_at IS NULL) FROM audit_access
       WHERE tenant = ? AND subject = ? HAVING count(*) > 0\
      """;
  private static final String DUE =
      """
      SELECT tenant, subject, access FROM audit_access
       WHERE ended_at IS NULL AND until <= ? ORDER BY until LIMIT ?\
      """;
  private static final String END =
      """
      UPDATE audit_access SET ended_at = clock_timestamp(), ended_by = ?
       WHERE tenant = ? AND access = ? AND ended_at IS NULL\
      """;

  private final Database database;
  private final CommandBus bus;
  private final InstantSource clock;
  private final Supplier<UUID> ids;

  /// @param ids gives UUIDs of version 7
  public AuditAccess(Database database, CommandBus bus, InstantSource clock, Supplier<UUID> ids) {
    this.database = database;
    this.bus = bus;
    this.clock = clock;
    this.ids = ids;
  }

  /// What a subject may be from outside.
  private enum Standing {
    /// Nobody let him in this way: his own roles count.
    INSIDE,
    LIVING,
    OVER
  }

  private record Due(String tenant, String subject, String access) {
    static Due of(ResultSet row) throws SQLException {
      return new Due(row.getString(1), row.getString(2), row.getString(3));
    }
  }

  /// The same, but for auditors from outside.
  public Authenticator limiting(Authenticator people) {
    return shown -> {
      Principal person = people.authenticate(shown);
      return switch (standing(person)) {
        case INSIDE -> person;
        case LIVING -> new Principal(person.tenant(), person.subject(), Set.of(Role.AUDITOR));
        case OVER -> new Principal(person.tenant(), person.subject(), Set.of());
      };
    };
  }

  private Standing standing(Principal person) {
    return database
        .<Optional<Standing>>inTenant(
            person.tenant(),
            c -> Sql.one(c, STANDING, this::standing, person.tenant(), person.subject()))
        .orElse(Standing.INSIDE);
  }

  private Standing standing(ResultSet row) throws SQLException {
    Timestamp until = row.getTimestamp(1);
    return until != null && clock.instant().isBefore(until.toInstant())
        ? Standing.LIVING
        : Standing.OVER;
  }

  /// Says of whom the time is over since it was asked last. Any number of processes may: of two,
  /// the row lets one say it.
  public void look() {
    Timestamp now = Timestamp.from(clock.instant());
    List<Due> due =
        database.acrossTenants(Errand.AUDITS, c -> Sql.all(c, DUE, Due::of, now, AT_ONCE));
    due.forEach(this::over);
  }

  private void over(Due due) {
    String id = ids.get().toString();
    CommandContext context =
        new CommandContext(
            due.tenant(),
            Header.TENANT_WORKSPACE,
            Optional.empty(),
            CLOCK,
            id,
            id,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of(c -> end(c, due.tenant(), due.access(), CLOCK.id())));
    try {
      var _ =
          bus.dispatch(
              context,
              PersonEntity.TYPE,
              new EndAuditAccess(due.tenant(), due.subject(), due.access(), Optional.empty()));
    } catch (Refused e) {
      LOG.atDebug().addKeyValue("tenant", due.tenant()).log("somebody else has said it");
    }
  }

  /// Ends a grant's row.
  ///
  /// @throws Refused with NOT_FOUND if it has ended
  static void end(Connection c, String tenant, String access, String by) throws SQLException {
    if (Sql.execute(c, END, by, tenant, access) != 1) {
      throw new Refused(Refused.Code.NOT_FOUND, "access %s has ended".formatted(access));
    }
  }
}
