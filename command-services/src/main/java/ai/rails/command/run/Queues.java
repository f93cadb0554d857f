package ai.rails.command.run;

import java.util.List;

import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Errand;
import ai.rails.platform.telemetry.Measure;

/// How much work waits in the store. Each figure is a query, made when somebody looks. Thread-safe.
public final class Queues {
  private static final String STEPS =
      """
      SELECT count(*) FROM step_task
       WHERE open AND (lease_until IS NULL OR lease_until <= clock_timestamp())
      """;
  private static final String LEASES =
      "SELECT count(*) FROM step_task WHERE open AND lease_until > clock_timestamp()";
  private static final String DEMOTED =
      "SELECT count(*) FROM worker WHERE NOT ended AND demotion IS NOT NULL";
  private static final String TIMERS =
      "SELECT count(*) FROM timer WHERE due_at <= clock_timestamp()";
  private static final String TIMER_AGE =
      """
      SELECT coalesce(1000 * extract(epoch FROM clock_timestamp() - min(due_at)), 0)::bigint
        FROM timer WHERE due_at <= clock_timestamp()
      """;
  private static final String OUTBOX =
      """
      SELECT coalesce(max(pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn)), 0)::bigint
        FROM pg_replication_slots WHERE database = current_database() AND plugin = 'pgoutput'
      """;

  private final Database database;

  public Queues(Database database) {
    this.database = database;
  }

  public List<Measure> measures() {
    return List.of(
        measure("airails.steps.waiting", "{step}", "Open steps under no live lease.", STEPS),
        measure("airails.steps.claimed", "{step}", "Steps under a live lease.", LEASES),
        measure(
            "airails.workers.demoted.soon",
            "{worker}",
            "Workers whose platform Intel will soon call less than current.",
            DEMOTED),
        measure("airails.timers.due", "{timer}", "Timers that are due and not done.", TIMERS),
        measure("airails.timers.age", "ms", "How long the oldest of them is due.", TIMER_AGE),
        measure(
            "airails.outbox.backlog",
            "By",
            "PostgreSQL's log that the relay has not confirmed.",
            OUTBOX));
  }

  private Measure measure(String name, String unit, String description, String query) {
    return Measure.level(name, unit, description, () -> read(query));
  }

  private long read(String query) {
    return database.acrossTenants(
        Errand.MEASURES,
        connection -> {
          try (var statement = connection.prepareStatement(query);
              var rows = statement.executeQuery()) {
            boolean _ = rows.next();
            return rows.getLong(1);
          }
        });
  }
}
