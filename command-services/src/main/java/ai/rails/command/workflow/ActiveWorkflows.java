package ai.rails.command.workflow;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.domain.workflow.Workflow;
import ai.rails.platform.http.Problem;
import ai.rails.platform.postgres.Sql;

/// Which version of a workflow a new run starts on, by environment.
public final class ActiveWorkflows {
  private static final Pattern ENVIRONMENT = Pattern.compile("[a-z][a-z0-9-]{0,31}");
  private static final String COLUMNS =
      "SELECT workspace, workflow, environment, digest FROM workflow_active WHERE tenant = ?";

  private ActiveWorkflows() {}

  /// An active version.
  public record Active(String workspace, String workflow, String environment, String digest) {}

  /// @throws Refused with NOT_FOUND
  public static Active find(
      Connection connection, String tenant, String workflow, String environment)
      throws SQLException {
    return Sql.one(
            connection,
            COLUMNS + " AND workflow = ? AND environment = ?",
            ActiveWorkflows::read,
            tenant,
            workflow,
            environment)
        .orElseThrow(() ->
            new Refused(
                Code.NOT_FOUND,
                "workflow %s has no active version in %s; publish it with ?activate=%s"
                    .formatted(workflow, environment, environment)));
  }

  /// All of a tenant's active versions.
  public static List<Active> all(Connection connection, String tenant) throws SQLException {
    return Sql.all(connection, COLUMNS, ActiveWorkflows::read, tenant);
  }

  /// Every tenant's active versions, for whoever runs the workers.
  public static Map<String, List<Active>> everyTenant(Connection connection) throws SQLException {
    Map<String, List<Active>> all = new TreeMap<>();
    List<String> tenants =
        Sql.all(connection, "SELECT DISTINCT tenant FROM workflow_active", row -> row.getString(1));
    for (String tenant : tenants) {
      all.put(tenant, all(connection, tenant));
    }
    return all;
  }

  /// Makes a version the one that new runs start on, by schedule too.
  static void activate(
      Connection connection, String tenant, Active active, Workflow workflow, Instant now)
      throws SQLException {
    ScheduleRows.set(connection, tenant, active, workflow, now);
    Sql.execute(
        connection,
        """
        INSERT INTO workflow_active (tenant, workspace, workflow, environment, digest)
        VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (tenant, workspace, workflow, environment)
        DO UPDATE SET digest = excluded.digest\
        """,
        tenant,
        active.workspace(),
        active.workflow(),
        active.environment(),
        active.digest());
  }

  /// Whether new runs start on this version there.
  static boolean isActive(
      Connection connection,
      String tenant,
      String workspace,
      String workflow,
      String environment,
      String digest)
      throws SQLException {
    return Sql.one(
            connection,
            COLUMNS + " AND workspace = ? AND workflow = ? AND environment = ? AND digest = ?",
            ActiveWorkflows::read,
            tenant,
            workspace,
            workflow,
            environment,
            digest)
        .isPresent();
  }

  static void deactivate(
      Connection connection, String tenant, String workspace, String workflow, String environment)
      throws SQLException {
    ScheduleRows.clear(connection, tenant, new Active(workspace, workflow, environment, ""));
    Sql.execute(
        connection,
        """
        DELETE FROM workflow_active
         WHERE tenant = ? AND workspace = ? AND workflow = ? AND environment = ?\
        """,
        tenant,
        workspace,
        workflow,
        environment);
  }

  /// @throws Problem with 422
  public static String requireEnvironment(String environment) {
    if (!ENVIRONMENT.matcher(environment).matches()) {
      throw Problem.invalid("an environment is 1 to 32 lower-case letters, digits or hyphens");
    }
    return environment;
  }

  private static Active read(java.sql.ResultSet row) throws SQLException {
    return new Active(row.getString(1), row.getString(2), row.getString(3), row.getString(4));
  }
}
