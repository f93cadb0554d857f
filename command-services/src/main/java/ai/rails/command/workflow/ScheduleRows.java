package ai.rails.command.workflow;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import ai.rails.command.workflow.ActiveWorkflows.Active;
import ai.rails.domain.workflow.Workflow;
import ai.rails.domain.workflow.Workflow.Trigger;
import ai.rails.platform.postgres.Sql;

/// When the schedules of active versions are due next; written with the activation.
final class ScheduleRows {
  private static final String SET =
      """
      INSERT INTO schedule (tenant, workspace, workflow, environment, trigger_id, digest, expression,
                            due_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (tenant, workspace, workflow, environment, trigger_id) DO UPDATE
        SET digest = excluded.digest, expression = excluded.expression,
            due_at = CASE WHEN schedule.expression = excluded.expression
                          THEN schedule.due_at ELSE excluded.due_at END\
      """;
  private static final String CLEAR =
      """
      DELETE FROM schedule
       WHERE tenant = ? AND workspace = ? AND workflow = ? AND environment = ?
         AND NOT trigger_id = ANY (?)\
      """;

  private ScheduleRows() {}

  /// Sets the schedules of a version that has just been activated. A schedule that says the same as
  /// before keeps its next instant, even one that was missed.
  static void set(
      Connection connection, String tenant, Active active, Workflow workflow, Instant now)
      throws SQLException {
    List<Trigger> triggers =
        workflow.triggers().stream().filter(t -> t.kind() == Trigger.Kind.SCHEDULE).toList();
    clear(connection, tenant, active, triggers.stream().map(Trigger::id).toArray(String[]::new));
    for (Trigger trigger : triggers) {
      Optional<Instant> due = trigger.cron().flatMap(cron -> cron.next(now));
      if (due.isPresent()) {
        Sql.execute(
            connection,
            SET,
            tenant,
            active.workspace(),
            active.workflow(),
            active.environment(),
            trigger.id(),
            active.digest(),
            trigger.schedule().orElse("") + " " + trigger.timezone().orElse("UTC"),
            Timestamp.from(due.get()));
      }
    }
  }

  /// Removes all schedules of a workflow in an environment, but for these triggers.
  static void clear(Connection connection, String tenant, Active active, String... triggers)
      throws SQLException {
    Sql.execute(
        connection,
        CLEAR,
        tenant,
        active.workspace(),
        active.workflow(),
        active.environment(),
        triggers);
  }
}
