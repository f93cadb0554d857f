package ai.rails.command.run;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

import ai.rails.command.CommandContext;
import ai.rails.domain.Actor;
import ai.rails.domain.Refused;
import ai.rails.platform.postgres.Sql;

/// Where a run lives and what it runs; it never changes. All later commands of a run take their
/// context from here, so that every event of a run names the same workspace and workflow.
///
/// @param artifactDigest the workflow version that the run stays on
public record RunPlace(
    String tenant,
    String run,
    String workspace,
    String environment,
    String workflow,
    String artifactDigest) {
  private static final String SELECT =
      """
      SELECT workspace, environment, workflow, artifact_digest FROM run_index
       WHERE tenant = ? AND run = ?
      """;

  private static final String ERASED =
      "SELECT erased_at IS NOT NULL FROM run_index WHERE tenant = ? AND run = ? FOR SHARE";

  /// Finds a run of a tenant.
  public static Optional<RunPlace> find(Connection connection, String tenant, String run)
      throws SQLException {
    return Sql.one(
        connection,
        SELECT,
        row ->
            new RunPlace(
                tenant,
                run,
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getString(4)),
        tenant,
        run);
  }

  /// Whoever continues a run needs what it left; an erasure waits for this transaction, or is seen.
  ///
  /// @throws Refused with RUN_ERASED
  public static void requireKept(Connection connection, String tenant, String run)
      throws SQLException {
    if (Sql.one(connection, ERASED, row -> row.getBoolean(1), tenant, run).orElse(false)) {
      throw new Refused(
          Refused.Code.RUN_ERASED,
          "the content of run %s was erased, so it can not be continued; start a new run"
              .formatted(run));
    }
  }

  /// The context of a command to this run. Commands of one run are correlated by its id.
  public CommandContext context(Actor actor, String commandId, Optional<String> traceparent) {
    return new CommandContext(
        tenant,
        workspace,
        Optional.of(environment),
        actor,
        commandId,
        run,
        traceparent,
        Optional.of(run),
        Optional.of(workflow),
        List.of());
  }
}
