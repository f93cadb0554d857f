package ai.rails.command.axon;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;

import ai.rails.domain.Refused;

/// Whether a workspace takes commands, and how far it is.
final class Workspaces {
  private static final String SELECT =
      """
      SELECT w.position, t.status = 'ACTIVE' AND NOT w.closed FROM workspace_head w
        JOIN tenant t ON t.tenant = w.tenant
       WHERE w.tenant = ? AND w.workspace = ?\
      """;

  private Workspaces() {}

  /// The position of the workspace's last event, 0 if it has none.
  ///
  /// @param beforeActive whether the tenant may still be in the making
  /// @throws Refused with NOT_FOUND or TENANT_NOT_ACTIVE
  static long position(Connection connection, boolean beforeActive, String tenant, String workspace)
      throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(SELECT)) {
      select.setString(1, tenant);
      select.setString(2, workspace);
      try (ResultSet rows = select.executeQuery()) {
        if (!rows.next()) {
          throw new Refused(
              Refused.Code.NOT_FOUND, "there is no workspace %s".formatted(workspace));
        }
        if (!beforeActive && !rows.getBoolean(2)) {
          throw new Refused(
              Refused.Code.TENANT_NOT_ACTIVE,
              "tenant %s takes no commands: it is being provisioned (try again in a few seconds), or was offboarded"
                  .formatted(tenant));
        }
        return rows.getLong(1);
      }
    }
  }

  /// Why no head row qualified.
  static Refused refusal(Connection connection, String tenant, String workspace)
      throws SQLException {
    try {
      position(connection, false, tenant, workspace);
    } catch (Refused why) {
      return why;
    }
    throw new IllegalStateException(
        "workspace %s of %s changed while it was appended to".formatted(workspace, tenant));
  }
}
