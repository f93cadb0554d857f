package ai.rails.command.axon;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

import ai.rails.domain.Header;
import ai.rails.schema.EventCodec;
import ai.rails.schema.Recorded;

/// Reads a stream. Thread-safe.
final class StoredEvents {
  private static final String READ =
      """
      SELECT seq, payload FROM event
       WHERE tenant = ? AND stream_type = ? AND stream_id = ? ORDER BY seq\
      """;

  private final EventCodec codec;

  StoredEvents(EventCodec codec) {
    this.codec = codec;
  }

  /// Reads the whole stream in order.
  ///
  /// @throws IllegalStateException if a row holds an event of elsewhere: the store was altered
  List<Recorded> read(Connection connection, String tenant, String streamType, String streamId)
      throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(READ)) {
      select.setString(1, tenant);
      select.setString(2, streamType);
      select.setString(3, streamId);
      List<Recorded> events = new ArrayList<>();
      try (ResultSet rows = select.executeQuery()) {
        while (rows.next()) {
          Recorded event = codec.decode(rows.getBytes(2));
          requireOwn(event.header(), tenant, streamType, streamId, events.size(), rows.getLong(1));
          events.add(event);
        }
      }
      return events;
    }
  }

  private static void requireOwn(
      Header header, String tenant, String streamType, String streamId, long expected, long seq) {
    if (!header.tenant().equals(tenant)
        || !header.streamType().equals(streamType)
        || !header.streamId().equals(streamId)
        || header.seq() != expected
        || seq != expected) {
      throw new IllegalStateException(
          "the row of %s %s at %d holds event %s of %s %s at %d: the store was altered"
              .formatted(
                  streamType,
                  streamId,
                  expected,
                  header.eventId(),
                  header.streamType(),
                  header.streamId(),
                  header.seq()));
    }
  }
}
