package ai.rails.app.bench;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

import ai.rails.app.embedded.Unavailable;

/// Reads PostgreSQL's own counters. Not thread-safe: it owns one connection, which its caller
/// closes.
final class PostgresMeter {
  private static final String COUNTERS =
      "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint,"
          + " (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint,"
          + " (SELECT sum(xact_commit)::bigint FROM pg_stat_database)";

  private final Connection connection;

  /// @param connection of a super user
  PostgresMeter(Connection connection) {
    this.connection = connection;
  }

  /// @param writes transactions that had an id, since there was a cluster: exact at any moment
  /// @param walBytes written since there was a cluster
  /// @param commits of any kind; a busy session reports its own once a second, an idle one later
  record Counters(long writes, long walBytes, long commits) {
    Counters minus(Counters before) {
      return new Counters(
          writes - before.writes, walBytes - before.walBytes, commits - before.commits);
    }
  }

  /// How the server keeps its promises, in its own words.
  public record Settings(
      String version,
      String fsync,
      String synchronousCommit,
      String fullPageWrites,
      String walLevel,
      String sharedBuffers) {}

  Counters read() {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(COUNTERS)) {
      row.next();
      return new Counters(row.getLong(1), row.getLong(2), row.getLong(3));
    } catch (SQLException e) {
      throw new Unavailable("PostgreSQL's counters were not read: " + e.getMessage(), e);
    }
  }

  /// So that none comes by itself during a measurement: after it each page is logged in full once.
  void checkpoint() {
    try (Statement statement = connection.createStatement()) {
      statement.execute("CHECKPOINT");
    } catch (SQLException e) {
      throw new Unavailable("PostgreSQL made no checkpoint: " + e.getMessage(), e);
    }
  }

  Settings settings() {
    return new Settings(
        show("server_version"),
        show("fsync"),
        show("synchronous_commit"),
        show("full_page_writes"),
        show("wal_level"),
        show("shared_buffers"));
  }

  /// The process that started every session.
  long postmaster() {
    long session = Long.parseLong(one("SELECT pg_backend_pid()"));
    return ProcessHandle.of(session)
        .flatMap(ProcessHandle::parent)
        .map(ProcessHandle::pid)
        .orElseThrow(() ->
            new Unavailable(
                "PostgreSQL runs on another machine or in another container; its processes can"
                    + " not be measured from here"));
  }

  private String show(String setting) {
    return one("SHOW " + setting);
  }

  private String one(String query) {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getString(1);
    } catch (SQLException e) {
      throw new Unavailable("PostgreSQL did not answer '" + query + "': " + e.getMessage(), e);
    }
  }
}
