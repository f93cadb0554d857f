package ai.rails.command.budget;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import ai.rails.domain.budget.Period;
import ai.rails.domain.budget.Scope;
import ai.rails.domain.budget.Unit;
import ai.rails.platform.postgres.Sql;

/// How budgets stand, read without locks. Thread-safe.
final class BudgetStandings {
  private static final String READ =
      """
      SELECT workspace, workflow, period, unit, sum(reserved)::bigint, sum(used)::bigint
        FROM budget_counter
       WHERE tenant = ? AND (?::text IS NULL OR workspace IN ('', ?)) AND (period, from_time) IN (('HOUR', ?), ('DAY', ?), ('MONTH', ?))
       GROUP BY workspace, workflow, period, unit
      """;

  private final BudgetLimits limits;

  BudgetStandings(BudgetLimits limits) {
    this.limits = limits;
  }

  private record Key(Scope scope, Period period, Unit unit) {
    static Key of(Limit limit) {
      return new Key(limit.scope(), limit.period(), limit.unit());
    }
  }

  private record Taken(long reserved, long used) {
    static final Taken NOTHING = new Taken(0, 0);
  }

  private record Row(Key key, Taken taken) {}

  List<Standing> of(Connection c, String tenant, String workspace, List<Limit> asked, Instant at)
      throws SQLException {
    Map<Key, Taken> taken = taken(c, tenant, Optional.of(workspace), at);
    return asked.stream().map(limit -> standing(limit, taken)).toList();
  }

  /// Those that somebody set, and the installation's where something was taken.
  List<Standing> all(Connection c, String tenant, Instant at) throws SQLException {
    Map<Key, Taken> taken = taken(c, tenant, Optional.empty(), at);
    List<Limit> set = limits.all(c, tenant);
    List<Limit> all = new ArrayList<>(set);
    for (Key key : taken.keySet()) {
      boolean month = key.period() == Period.MONTH && key.scope().workflow().isEmpty();
      if (month && !key.scope().workspace().isEmpty()) {
        limits.unset(set, key.scope().workspace(), key.unit()).ifPresent(all::add);
      }
    }
    return all.stream().sorted(Limit.ORDER).map(limit -> standing(limit, taken)).toList();
  }

  private static Standing standing(Limit limit, Map<Key, Taken> taken) {
    Taken now = taken.getOrDefault(Key.of(limit), Taken.NOTHING);
    return new Standing(
        limit.scope(),
        limit.period(),
        limit.unit(),
        now.used(),
        now.reserved(),
        limit.amount(),
        limit.set());
  }

  private static Map<Key, Taken> taken(
      Connection c, String tenant, Optional<String> workspace, Instant at) throws SQLException {
    Map<Key, Taken> taken = new HashMap<>();
    List<Row> rows =
        Sql.all(
            c,
            READ,
            row ->
                new Row(
                    new Key(
                        new Scope(row.getString(1), row.getString(2)),
                        Period.valueOf(row.getString(3)),
                        new Unit(row.getString(4))),
                    new Taken(row.getLong(5), row.getLong(6))),
            tenant,
            workspace,
            workspace,
            Timestamp.from(Period.HOUR.start(at)),
            Timestamp.from(Period.DAY.start(at)),
            Timestamp.from(Period.MONTH.start(at)));
    rows.forEach(row -> taken.put(row.key(), row.taken()));
    return taken;
  }
}
