package ai.rails.app.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.app.embedded.Unavailable;
import ai.rails.schema.EventCodec;

/// Follows one workspace's events in the store and how far the read side is behind it. One thread
/// owns the connection, in one transaction that never ends: it shows up in no count of commits.
final class StoreWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StoreWatch.class);
  private static final Duration PAUSE = Duration.ofMillis(20);
  private static final int SAMPLE_EVERY = 5;
  private static final String EVENTS =
      "SELECT position, (extract(epoch FROM recorded_at) * 1000)::bigint, stream_type, stream_id,"
          + " payload FROM event WHERE tenant = ? AND workspace = ? AND position > ?"
          + " ORDER BY position LIMIT 2000";

  /// The age of the oldest event that is not yet folded; 0 when there is none.
  private static final String READ_SIDE =
      "SELECT coalesce(h.position, 0), coalesce((SELECT greatest(0,"
          + " extract(epoch FROM clock_timestamp()) * 1000 - extract(epoch FROM e.recorded_at)"
          + " * 1000) FROM event e WHERE e.tenant = w.tenant AND e.workspace = w.workspace"
          + " AND e.position = coalesce(h.position, 0) + 1), 0)"
          + " FROM workspace_head w LEFT JOIN projection.head h"
          + " ON h.tenant = w.tenant AND h.workspace = w.workspace"
          + " WHERE w.tenant = ? AND w.workspace = ?";

  private final Connection connection;
  private final String tenant;
  private final String workspace;
  private final EventCodec codec = new EventCodec();
  private final Map<String, RunTimes> runs = new ConcurrentHashMap<>();
  private final List<Duration> lags = new ArrayList<>(); // guarded by itself
  private final Thread thread;
  private volatile long stored;
  private volatile long folded;
  private volatile boolean closing;

  private StoreWatch(Connection connection, String tenant, String workspace) {
    this.connection = connection;
    this.tenant = tenant;
    this.workspace = workspace;
    this.thread = Thread.ofPlatform().name("bench-store").daemon().unstarted(this::follow);
  }

  /// @param connection of a super user; it belongs to the watch from now on
  static StoreWatch start(Connection connection, String tenant, String workspace) {
    StoreWatch watch = new StoreWatch(connection, tenant, workspace);
    watch.thread.start();
    return watch;
  }

  RunTimes of(String run) {
    return runs.computeIfAbsent(run, RunTimes::new);
  }

  /// The last position that was seen in the store.
  long stored() {
    return stored;
  }

  /// The last position in the read side.
  long folded() {
    return folded;
  }

  /// What the read side lagged since this was last asked.
  List<Duration> takeLags() {
    synchronized (lags) {
      List<Duration> taken = List.copyOf(lags);
      lags.clear();
      return taken;
    }
  }

  @Override
  public void close() {
    closing = true;
    try {
      thread.join();
      connection.close();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (SQLException e) {
      throw new Unavailable("the watch on the store was not closed", e);
    }
  }

  private void follow() {
    try {
      connection.setAutoCommit(false);
      for (int turn = 0; !closing; turn++) {
        readEvents();
        if (turn % SAMPLE_EVERY == 0) {
          sampleReadSide();
        }
        LockSupport.parkNanos(PAUSE.toNanos());
      }
      connection.rollback();
    } catch (SQLException e) {
      LOG.atError().setCause(e).log("the store can not be followed"); // its callers time out
    }
  }

  private void readEvents() throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(EVENTS)) {
      statement.setString(1, tenant);
      statement.setString(2, workspace);
      statement.setLong(3, stored);
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          if (row.getString(3).equals("Run")) {
            of(row.getString(4)).saw(codec.decode(row.getBytes(5)), row.getLong(2));
          }
          stored = row.getLong(1);
        }
      }
    }
  }

  private void sampleReadSide() throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(READ_SIDE)) {
      statement.setString(1, tenant);
      statement.setString(2, workspace);
      try (ResultSet row = statement.executeQuery()) {
        if (row.next()) {
          folded = row.getLong(1);
          synchronized (lags) {
            lags.add(Duration.ofMillis(row.getLong(2)));
          }
        }
      }
    }
  }
}
