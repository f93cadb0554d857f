package ai.rails.command.http;

import java.sql.Connection;
import java.sql.SQLException;

import ai.rails.domain.Refused;
import ai.rails.platform.postgres.Sql;

/// Whether a workspace is the tenant's, for writes that append no event there.
public final class Workspaces {
  private Workspaces() {}

  /// The position of a workspace's last event.
  ///
  /// @throws Refused with NOT_FOUND, also for another tenant's workspace
  public static long position(Connection connection, String tenant, String workspace)
      throws SQLException {
    return Sql.one(
            connection,
            "SELECT position FROM workspace_head WHERE tenant = ? AND workspace = ?",
            row -> row.getLong(1),
            tenant,
            workspace)
        .orElseThrow(
            () -> new Refused(Refused.Code.NOT_FOUND, "there is no workspace " + workspace));
  }
}
