package ai.rails.command.axon;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;

import ai.rails.command.StepCommands;
import ai.rails.domain.Header;
import ai.rails.domain.Refused;
import ai.rails.schema.EventCodec;
import ai.rails.schema.Recorded;
import ai.rails.schema.StepCommandCodec;

/// The last statement of a command's transaction: takes the workspace's next positions and appends
/// events and step commands with them.
///
/// The workspace's row is locked from here to the commit, so that positions have no gaps and commit
/// in order. `ORDER BY ord` keeps the order of insertion, which is the order of delivery.
/// Thread-safe.
final class Append {
  private static final String SQL =
      """
      WITH h AS (
        UPDATE workspace_head w
           SET position = position + ?,
               recorded_at = greatest(
                 recorded_at, date_trunc('milliseconds', clock_timestamp() AT TIME ZONE 'UTC'))
         WHERE w.tenant = ? AND w.workspace = ?
           AND (? OR NOT w.closed AND EXISTS (
                 SELECT 1 FROM tenant t WHERE t.tenant = w.tenant AND t.status = 'ACTIVE'))
        RETURNING tenant, workspace, position, recorded_at),
      s AS (
        INSERT INTO step_command (command_id, tenant, run, recorded_at, traceparent, payload)
        SELECT c.id, h.tenant, c.run, h.recorded_at, c.trace, c.payload
          FROM h, unnest(?::uuid[], ?::text[], ?::text[], ?::bytea[]) AS c(id, run, trace, payload))
      INSERT INTO event (event_id, tenant, workspace, position, recorded_at, stream_type,
                         stream_id, seq, event_type, traceparent, payload)
      SELECT e.id, h.tenant, h.workspace, h.position - ? + e.ord, h.recorded_at, e.stream_type,
             e.stream, e.seq, e.type, e.trace, e.payload
        FROM h, unnest(?::uuid[], ?::text[], ?::text[], ?::bigint[], ?::text[], ?::text[],
                       ?::bytea[]) WITH ORDINALITY
             AS e(id, stream_type, stream, seq, type, trace, payload, ord)
       ORDER BY e.ord
      RETURNING position\
      """;

  private final EventCodec events;
  private final StepCommandCodec steps;

  Append(EventCodec events, StepCommandCodec steps) {
    this.events = events;
    this.steps = steps;
  }

  /// Appends the events of one command; they share tenant and workspace.
  ///
  /// @param beforeActive whether the tenant may still be in the making
  /// @return the position of the last event
  /// @throws Refused with NOT_FOUND or TENANT_NOT_ACTIVE
  long append(
      Connection connection, boolean beforeActive, List<Recorded> recorded, StepCommands out)
      throws SQLException {
    Header header = recorded.getFirst().header();
    try (PreparedStatement insert = connection.prepareStatement(SQL)) {
      var values = new Values(connection, insert);
      values.number(recorded.size());
      values.text(header.tenant());
      values.text(header.workspace());
      values.flag(beforeActive);
      stepCommands(values, out.all());
      values.number(recorded.size());
      events(values, recorded);
      long position = last(insert, recorded.size());
      if (position < 0) {
        throw Workspaces.refusal(connection, header.tenant(), header.workspace());
      }
      return position;
    }
  }

  private void stepCommands(Values values, List<StepCommands.Outgoing> out) throws SQLException {
    values.array("uuid", out.stream().map(o -> UUID.fromString(o.command().commandId())).toArray());
    values.array("text", out.stream().map(o -> o.command().run()).toArray());
    values.array("text", out.stream().map(o -> o.traceparent().orElse(null)).toArray());
    values.array("bytea", out.stream().map(o -> steps.encode(o.command())).toArray(byte[][]::new));
  }

  private void events(Values values, List<Recorded> recorded) throws SQLException {
    List<Header> headers = recorded.stream().map(Recorded::header).toList();
    values.array("uuid", headers.stream().map(h -> UUID.fromString(h.eventId())).toArray());
    values.array("text", headers.stream().map(Header::streamType).toArray());
    values.array("text", headers.stream().map(Header::streamId).toArray());
    values.array("bigint", headers.stream().map(Header::seq).toArray());
    values.array("text", recorded.stream().map(r -> r.event().entryType().name()).toArray());
    values.array("text", headers.stream().map(h -> h.traceparent().orElse(null)).toArray());
    values.array(
        "bytea",
        recorded.stream().map(r -> events.encode(r.header(), r.event())).toArray(byte[][]::new));
  }

  /// The greatest position, or -1 if nothing was inserted because the head row did not qualify.
  private static long last(PreparedStatement insert, int expected) throws SQLException {
    long last = -1;
    int rows = 0;
    try (ResultSet positions = insert.executeQuery()) {
      while (positions.next()) {
        last = Math.max(last, positions.getLong(1));
        rows++;
      }
    }
    if (rows != 0 && rows != expected) {
      throw new IllegalStateException("%d of %d events were inserted".formatted(rows, expected));
    }
    return last;
  }

  /// Sets a statement's parameters one after the other.
  private static final class Values {
    private final Connection connection;
    private final PreparedStatement statement;
    private int index;

    Values(Connection connection, PreparedStatement statement) {
      this.connection = connection;
      this.statement = statement;
    }

    void number(int value) throws SQLException {
      statement.setInt(++index, value);
    }

    void text(String value) throws SQLException {
      statement.setString(++index, value);
    }

    void flag(boolean value) throws SQLException {
      statement.setBoolean(++index, value);
    }

    void array(String type, Object[] values) throws SQLException {
      statement.setArray(++index, connection.createArrayOf(type, values));
    }
  }
}
