package ai.rails.stream;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

import ai.rails.domain.Actor;
import ai.rails.domain.Event;
import ai.rails.domain.Header;
import ai.rails.schema.EventCodec;
import ai.rails.schema.StepCommand;
import ai.rails.schema.StepCommandCodec;

/// Writes as the command side does: events and step commands in one transaction, positions from the
/// head row. Thread-safe: a connection a call.
final class Store {
  private static final Path MIGRATION =
      Path.of("../platform/postgres/src/main/resources/db/store/V1__store.sql");

  private static final String APPEND =
      """
      WITH h AS (
        UPDATE workspace_head SET position = position + 1,
               recorded_at = greatest(recorded_at, date_trunc('milliseconds', clock_timestamp() AT TIME ZONE 'UTC'))
         WHERE tenant = ? AND workspace = ? RETURNING tenant, workspace, position, recorded_at)
      INSERT INTO event (event_id, tenant, workspace, position, recorded_at, stream_type, stream_id, seq, event_type, traceparent, payload)
      SELECT ?::uuid, h.tenant, h.workspace, h.position, h.recorded_at, ?, ?, ?, ?, ?, ? FROM h\
      """;

  private static final EventCodec EVENTS = new EventCodec();
  private static final StepCommandCodec STEPS = new StepCommandCodec();
  private static final AtomicLong IDS = new AtomicLong();

  private final String url;
  private final String user;
  private final String password;

  Store(String url, String user, String password) {
    this.url = url;
    this.user = user;
    this.password = password;
  }

  /// Roles, tables, publication.
  void migrate(Properties config) throws SQLException, IOException {
    try (Connection c = connect();
        Statement s = c.createStatement()) {
      s.execute("CREATE ROLE airails_app LOGIN PASSWORD 'app-secret'");
      s.execute(
          "CREATE ROLE airails_cdc LOGIN REPLICATION PASSWORD '%s'"
              .formatted(config.getProperty("postgres.cdc.password")));
      s.execute(Files.readString(MIGRATION));
    }
  }

  void addWorkspace(String tenant, String workspace) throws SQLException {
    String sql = "INSERT INTO workspace_head VALUES (?, ?, 0, 'epoch')";
    try (Connection c = connect();
        PreparedStatement s = c.prepareStatement(sql)) {
      s.setString(1, tenant);
      s.setString(2, workspace);
      s.executeUpdate();
    }
  }

  /// Where PostgreSQL's log ends now.
  String logPosition() throws SQLException {
    return one("SELECT pg_current_wal_lsn()::text");
  }

  /// Whether PostgreSQL need not keep its log up to there any more.
  boolean slotHasPassed(String logPosition) {
    try {
      return one("SELECT (confirmed_flush_lsn > '%s')::text FROM pg_replication_slots"
              .formatted(logPosition))
          .equals("true");
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private String one(String sql) throws SQLException {
    try (Connection c = connect();
        Statement s = c.createStatement();
        var rows = s.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }

  /// One command's events, in one transaction.
  void append(String tenant, String workspace, Optional<String> run, List<Event> events)
      throws SQLException {
    try (Connection c = connect()) {
      c.setAutoCommit(false);
      for (Event event : events) {
        append(c, tenant, workspace, run, event);
      }
      c.commit();
    }
  }

  /// Events that never happened: a later transaction may be delivered, this one must not.
  void rollBack(String tenant, String workspace, Optional<String> run, Event event)
      throws SQLException {
    try (Connection c = connect()) {
      c.setAutoCommit(false);
      append(c, tenant, workspace, run, event);
      c.rollback();
    }
  }

  void addStepCommand(StepCommand command) throws SQLException {
    String sql =
        "INSERT INTO step_command VALUES (?::uuid, ?, ?, clock_timestamp() AT TIME ZONE 'UTC', NULL, ?)";
    try (Connection c = connect();
        PreparedStatement s = c.prepareStatement(sql)) {
      s.setString(1, command.commandId());
      s.setString(2, command.tenant());
      s.setString(3, command.run());
      s.setBytes(4, STEPS.encode(command));
      s.executeUpdate();
    }
  }

  /// What only the owner of the database can do.
  void tamper(String sql) throws SQLException {
    try (Connection c = connect();
        Statement s = c.createStatement()) {
      s.execute("ALTER TABLE event DISABLE TRIGGER event_append_only");
      s.execute(sql);
      s.execute("ALTER TABLE event ENABLE TRIGGER event_append_only");
    }
  }

  private static void append(
      Connection c, String tenant, String workspace, Optional<String> run, Event event)
      throws SQLException {
    long number = IDS.incrementAndGet();
    String id = new UUID(0x018f_0000_0000_7000L, 0x8000_0000_0000_0000L | number).toString();
    Optional<String> trace =
        number % 2 == 0
            ? Optional.of("00-" + "ab".repeat(16) + "-" + "cd".repeat(8) + "-01")
            : Optional.empty();
    var header =
        new Header(
            id,
            tenant,
            workspace,
            Optional.empty(),
            "Test",
            id,
            0,
            new Actor(Actor.Kind.USER, "u-1"),
            "c-1",
            "k-1",
            trace,
            Instant.ofEpochMilli(number),
            run,
            run.map(r -> "wf-1"));
    try (PreparedStatement s = c.prepareStatement(APPEND)) {
      s.setString(1, tenant);
      s.setString(2, workspace);
      s.setString(3, id);
      s.setString(4, header.streamType());
      s.setString(5, header.streamId());
      s.setLong(6, header.seq());
      s.setString(7, event.entryType().name());
      s.setString(8, trace.orElse(null));
      s.setBytes(9, EVENTS.encode(header, event));
      if (s.executeUpdate() != 1) {
        throw new SQLException("unknown workspace %s of %s".formatted(workspace, tenant));
      }
    }
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(url, user, password);
  }
}
