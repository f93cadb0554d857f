package ai.rails.command.budget;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

import ai.rails.domain.budget.Money;
import ai.rails.domain.budget.Period;
import ai.rails.domain.budget.Scope;
import ai.rails.domain.budget.Unit;
import ai.rails.platform.postgres.Sql;

/// The caps, as rows. Whoever takes holds a lock with all others who take, which only a change of a
/// cap excludes, so that a change counts what was taken before it to the last. Thread-safe.
final class BudgetLimits {
  private static final String TAKING =
      "SELECT 1 FROM pg_advisory_xact_lock_shared(hashtextextended('budget ' || ?::text, 0))";
  private static final String CHANGING =
      "SELECT 1 FROM pg_advisory_xact_lock(hashtextextended('budget ' || ?::text, 0))";
  private static final String COVERING =
      """
      SELECT workspace, workflow, period, unit, amount FROM budget_limit
       WHERE tenant = ? AND workspace IN ('', ?) AND workflow IN ('', ?) AND unit = ANY (?)
      """;
  private static final String ALL =
      "SELECT workspace, workflow, period, unit, amount FROM budget_limit WHERE tenant = ?";
  private static final String PUT =
      """
      INSERT INTO budget_limit (tenant, workspace, workflow, period, unit, amount)
      VALUES (?, ?, ?, ?, ?, ?)
      ON CONFLICT (tenant, workspace, workflow, period, unit)
      DO UPDATE SET amount = excluded.amount
      """;
  private static final String DROP =
      """
      DELETE FROM budget_limit
       WHERE tenant = ? AND workspace = ? AND workflow = ? AND period = ? AND unit = ?
      """;

  private final Money unset;

  /// @param unset monthly cap of a workspace for which none was set; other currencies have none
  BudgetLimits(Money unset) {
    this.unset = unset;
  }

  static void taking(Connection c, String tenant) throws SQLException {
    var _ = Sql.one(c, TAKING, row -> row.getInt(1), tenant);
  }

  static void changing(Connection c, String tenant) throws SQLException {
    var _ = Sql.one(c, CHANGING, row -> row.getInt(1), tenant);
  }

  /// What caps these takes of one workflow, in the order of locking.
  List<Limit> covering(Connection c, String tenant, List<Take> takes) throws SQLException {
    Set<String> units = new TreeSet<>();
    takes.forEach(take -> units.add(take.unit().name()));
    Take first = takes.getFirst();
    List<Limit> found =
        new ArrayList<>(
            Sql.all(
                c,
                COVERING,
                BudgetLimits::read,
                tenant,
                first.workspace(),
                first.workflow(),
                units.toArray(String[]::new)));
    units.forEach(unit -> unset(found, first.workspace(), new Unit(unit)).ifPresent(found::add));
    return found.stream()
        .filter(limit -> takes.stream().anyMatch(limit::covers))
        .sorted(Limit.ORDER)
        .toList();
  }

  List<Limit> all(Connection c, String tenant) throws SQLException {
    return Sql.all(c, ALL, BudgetLimits::read, tenant);
  }

  /// The installation's own cap of a workspace's month, where nobody set one.
  Optional<Limit> unset(List<Limit> known, String workspace, Unit unit) {
    Scope scope = new Scope(workspace, "");
    boolean set =
        known.stream()
            .anyMatch(limit ->
                limit.scope().equals(scope)
                    && limit.period() == Period.MONTH
                    && limit.unit().equals(unit));
    if (set || workspace.isEmpty() || !unit.isMoney()) {
      return Optional.empty();
    }
    long amount = unit.name().equals(unset.currency()) ? unset.nanos() : 0;
    return Optional.of(new Limit(scope, Period.MONTH, unit, amount, false));
  }

  void put(
      Connection c, String tenant, Scope scope, Period period, Unit unit, Optional<Long> amount)
      throws SQLException {
    if (amount.isPresent()) {
      Sql.execute(
          c,
          PUT,
          tenant,
          scope.workspace(),
          scope.workflow(),
          period.name(),
          unit.name(),
          amount.get());
    } else {
      Sql.execute(c, DROP, tenant, scope.workspace(), scope.workflow(), period.name(), unit.name());
    }
  }

  private static Limit read(ResultSet row) throws SQLException {
    return new Limit(
        new Scope(row.getString(1), row.getString(2)),
        Period.valueOf(row.getString(3)),
        new Unit(row.getString(4)),
        row.getLong(5),
        true);
  }
}
