package ai.rails.command.budget;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import ai.rails.domain.Refused;
import ai.rails.domain.budget.Money;
import ai.rails.domain.budget.Period;
import ai.rails.domain.budget.Scope;
import ai.rails.domain.budget.Unit;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Errand;
import ai.rails.platform.postgres.Sql;

/// What tenants, workspaces and workflows have set aside and used in hours, days and months (UTC),
/// as rows in the transaction of whoever takes. What is set aside belongs to the windows in which
/// it was, also when it is settled in the next.
///
/// Caps hold under concurrency: what is taken is never more than the cap, but for calls that turn
/// out dearer than their worst case. Nothing that fits is refused. Thread-safe; rows are locked
/// until the caller's transaction ends, so it is called late in it.
public final class BudgetCounters {
  private static final String CHARGE =
      """
      INSERT INTO budget_charge (tenant, workspace, workflow, unit, call_id, slot, at, amount, open)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      """;
  private static final String SETTLE =
      """
      WITH c AS (
        SELECT charge, amount FROM budget_charge
         WHERE tenant = ? AND call_id = ? AND unit = ? AND open FOR UPDATE)
      UPDATE budget_charge b SET open = false, amount = coalesce(?::bigint, c.amount)
        FROM c WHERE b.charge = c.charge
      RETURNING b.workspace, b.workflow, b.slot, b.at, c.amount, b.amount
      """;
  private static final String COUNTERS =
      """
       WHERE tenant = ? AND unit = ? AND workspace IN ('', ?) AND workflow IN ('', ?)
         AND slot = CASE WHEN workspace = '' THEN ? ELSE 0 END
         AND (period, from_time) IN (('HOUR', ?), ('DAY', ?), ('MONTH', ?))
      """;
  private static final String LOCK =
      "SELECT 1 FROM budget_counter"
          + COUNTERS
          + " ORDER BY workspace, workflow, period, unit FOR UPDATE";
  private static final String MOVE =
      "UPDATE budget_counter SET reserved = reserved - ?, used = used + ?" + COUNTERS;

  /// Timers that are locked are acted on already; whoever holds one may wait for this transaction.
  private static final String WAKE =
      """
      WITH held AS (
        SELECT timer_id, due_at FROM timer t
         WHERE tenant = ? AND kind = 'STEP_DUE' AND reason = 'BUDGET_EXCEEDED'
           AND EXISTS (SELECT 1 FROM run_index r
                        WHERE r.tenant = t.tenant AND r.run = t.run
                          AND ? IN ('', r.workspace) AND ? IN ('', r.workflow))
           FOR UPDATE SKIP LOCKED),
      queue AS (SELECT timer_id, row_number() OVER (ORDER BY due_at) - 1 AS place FROM held)
      UPDATE timer t
         SET due_at = least(t.due_at, clock_timestamp() + q.place * interval '20 milliseconds')
        FROM queue q WHERE t.timer_id = q.timer_id
      """;

  private static final String FORGET_CHARGES =
      "DELETE FROM budget_charge WHERE at < ? AND NOT open";
  private static final String FORGET_COUNTERS = "DELETE FROM budget_counter WHERE from_time < ?";

  private final BudgetLimits limits;
  private final BudgetStandings standings;
  private final Alarm alarm;

  /// Is told when something did not fit; must be quick and not throw.
  @FunctionalInterface
  public interface Alarm {
    void exhausted(String tenant, Standing standing, Instant at);
  }

  /// @param unset monthly limit of a workspace for which none was set; other currencies have none
  public BudgetCounters(Money unset, Alarm alarm) {
    this.limits = new BudgetLimits(unset);
    this.standings = new BudgetStandings(limits);
    this.alarm = alarm;
  }

  /// Tells nobody.
  public BudgetCounters(Money unset) {
    this(unset, (_, _, _) -> {});
  }

  /// Takes from every budget that covers it.
  ///
  /// @param takes of one workflow
  /// @throws Refused with BUDGET_EXCEEDED if one of them does not fit; roll back then
  public void take(Connection c, String tenant, List<Take> takes, Instant at) throws SQLException {
    if (takes.isEmpty()) {
      return;
    }
    BudgetLimits.taking(c, tenant);
    for (Limit limit : limits.covering(c, tenant, takes)) {
      long aside = sum(limit, takes, true);
      long atOnce = sum(limit, takes, false);
      Optional<Standing> lacking =
          BudgetSlots.take(
              c,
              new BudgetSlots.Window(tenant, limit, at),
              takes.getFirst().workspace(),
              aside,
              atOnce);
      if (lacking.isPresent()) {
        alarm.exhausted(tenant, lacking.get(), at);
        throw lacking.get().refused(aside + atOnce, at);
      }
    }
    for (Take take : takes) {
      Sql.execute(
          c,
          CHARGE,
          tenant,
          take.workspace(),
          take.workflow(),
          take.unit().name(),
          take.callId(),
          Limit.tenantSlot(take.workspace()),
          Timestamp.from(at),
          take.amount(),
          take.open());
    }
  }

  /// What was used in the place of what was set aside.
  ///
  /// @param actual empty if nobody knows: all of it then
  public record Settlement(String callId, Unit unit, Optional<Long> actual, boolean required) {}

  private record Charged(
      Unit unit,
      String workspace,
      String workflow,
      int slot,
      Instant at,
      long before,
      long after) {}

  /// Puts what calls used in the place of what was set aside for them.
  ///
  /// @throws Refused with INVALID if nothing was set aside in a unit that is required
  public void settle(Connection c, String tenant, List<Settlement> settlements)
      throws SQLException {
    if (settlements.isEmpty()) {
      return;
    }
    BudgetLimits.taking(c, tenant);
    List<Charged> charges = new ArrayList<>();
    for (Settlement s : settlements) {
      Optional<Charged> charged = charged(c, tenant, s);
      if (charged.isEmpty() && s.required()) {
        throw new Refused(
            Refused.Code.INVALID,
            "call %s has nothing set aside in %s; settle in the currency of its estimate"
                .formatted(s.callId(), s.unit().name()));
      }
      charged.ifPresent(charges::add);
    }
    for (Charged charged : charges) {
      var _ = Sql.all(c, LOCK, row -> row.getInt(1), counters(tenant, charged).toArray());
    }
    for (Charged charged : charges) {
      List<Object> values = new ArrayList<>(List.of(charged.before(), charged.after()));
      values.addAll(counters(tenant, charged));
      Sql.execute(c, MOVE, values.toArray());
    }
  }

  private static Optional<Charged> charged(Connection c, String tenant, Settlement s)
      throws SQLException {
    return Sql.one(
        c,
        SETTLE,
        row ->
            new Charged(
                s.unit(),
                row.getString(1),
                row.getString(2),
                row.getInt(3),
                row.getTimestamp(4).toInstant(),
                row.getLong(5),
                row.getLong(6)),
        tenant,
        s.callId(),
        s.unit().name(),
        s.actual());
  }

  private static List<Object> counters(String tenant, Charged charged) {
    List<Object> values =
        new ArrayList<>(
            List.of(
                tenant,
                charged.unit().name(),
                charged.workspace(),
                charged.workflow(),
                charged.slot()));
    for (Period period : List.of(Period.HOUR, Period.DAY, Period.MONTH)) {
      values.add(Timestamp.from(period.start(charged.at())));
    }
    return values;
  }

  /// What would not fit now, the first of it; nothing is taken and nothing locked.
  public Optional<Standing> lacking(Connection c, String tenant, List<Take> takes, Instant at)
      throws SQLException {
    List<Limit> covering = limits.covering(c, tenant, takes);
    for (Standing standing : standings.of(c, tenant, takes.getFirst().workspace(), covering, at)) {
      Limit limit =
          new Limit(standing.scope(), standing.period(), standing.unit(), 0, standing.set());
      if (standing.lacks(sum(limit, takes, true) + sum(limit, takes, false))) {
        alarm.exhausted(tenant, standing, at);
        return Optional.of(standing);
      }
    }
    return Optional.empty();
  }

  /// How a workspace's month stands, for policy.
  public Standing standing(
      Connection c, String tenant, String workspace, String currency, Instant at)
      throws SQLException {
    Take nothing = Take.used(workspace, "", new Unit(currency), 0);
    List<Limit> month =
        limits.covering(c, tenant, List.of(nothing)).stream()
            .filter(l -> l.period() == Period.MONTH && l.scope().equals(new Scope(workspace, "")))
            .toList();
    return standings.of(c, tenant, workspace, month, at).getFirst();
  }

  /// Every budget of the tenant as it stands now.
  public List<Standing> all(Connection c, String tenant, Instant at) throws SQLException {
    return standings.all(c, tenant, at);
  }

  /// Sets, changes or lifts a cap. What was taken in the current window counts. Whatever waits for
  /// a budget in this scope is looked at again, fifty steps a second; what does not fit waits on.
  public void set(
      Connection c,
      String tenant,
      Scope scope,
      Period period,
      Unit unit,
      Optional<Long> amount,
      Instant at)
      throws SQLException {
    BudgetLimits.changing(c, tenant);
    limits.put(c, tenant, scope, period, unit, amount);
    Take nothing = Take.used(scope.workspace(), scope.workflow(), unit, 0);
    for (Limit limit : limits.covering(c, tenant, List.of(nothing))) {
      if (limit.scope().equals(scope) && limit.period() == period) {
        BudgetSlots.changed(c, new BudgetSlots.Window(tenant, limit, at));
      }
    }
    Sql.execute(c, WAKE, tenant, scope.workspace(), scope.workflow());
  }

  /// Deletes what no window counts any more, of all tenants.
  public static void sweep(Database database, Instant before) {
    var _ =
        database.acrossTenants(
            Errand.SWEEP,
            c -> {
              forget(c, before);
              return before;
            });
  }

  /// Deletes what no window counts any more.
  public static void forget(Connection c, Instant before) throws SQLException {
    Sql.execute(c, FORGET_CHARGES, Timestamp.from(before));
    Sql.execute(c, FORGET_COUNTERS, Timestamp.from(before));
  }

  private static long sum(Limit limit, List<Take> takes, boolean open) {
    return takes.stream()
        .filter(limit::covers)
        .filter(take -> take.open() == open)
        .mapToLong(Take::amount)
        .reduce(0, Math::addExact);
  }
}
