package ai.rails.command.budget;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import ai.rails.platform.postgres.Sql;

/// What a cap's window has left, in one slot or several whose caps add up to it.
///
/// Taking changes the own slot only, if it fits there. What does not fit locks all slots in order,
/// is refused if it fits nowhere, and else shares out anew what is left. So a tenant's budget makes
/// workspaces wait for each other only when it is nearly used up. Thread-safe.
final class BudgetSlots {
  private static final String WINDOW =
      """
       WHERE tenant = ? AND workspace = ? AND workflow = ? AND period = ? AND unit = ?
         AND from_time = ?
      """;
  private static final String TAKE =
      """
      UPDATE budget_counter SET reserved = reserved + ?, used = used + ?
      """
          + WINDOW
          + " AND slot = ? AND reserved + used + ? <= cap";
  private static final String CREATE =
      """
      INSERT INTO budget_counter
        (tenant, workspace, workflow, period, unit, from_time, slot, cap, reserved, used)
      SELECT ?::text, ?::text, ?::text, ?::text, ?::text, ?::timestamptz, s, 0, coalesce(u.reserved, 0), coalesce(u.used, 0)
        FROM generate_series(0, ?::int - 1) s
        LEFT JOIN (
          SELECT CASE WHEN ?::int = 1 THEN 0 ELSE slot END AS slot,
                 sum(amount) FILTER (WHERE open) AS reserved,
                 sum(amount) FILTER (WHERE NOT open) AS used
            FROM budget_charge
           WHERE tenant = ? AND at >= ? AND at < ? AND unit = ?
             AND (?::text = '' OR workspace = ?) AND (?::text = '' OR workflow = ?)
           GROUP BY 1) u ON u.slot = s
      ON CONFLICT DO NOTHING
      """;
  private static final String LOCK =
      "SELECT slot, reserved, used FROM budget_counter" + WINDOW + " ORDER BY slot FOR UPDATE";
  private static final String SHARE =
      """
      UPDATE budget_counter
         SET cap = reserved + used + ? + CASE WHEN slot = ? THEN ? ELSE 0 END
      """
          + WINDOW;

  private BudgetSlots() {}

  /// The key of a window's rows.
  record Window(String tenant, Limit limit, Instant at) {
    private Timestamp from() {
      return Timestamp.from(limit.period().start(at));
    }

    private Timestamp to() {
      return Timestamp.from(limit.period().end(at));
    }
  }

  private record Slot(int slot, long reserved, long used) {}

  /// Takes what is to be set aside and what is used at once.
  ///
  /// @return how the budget stands, if it does not cover them; nothing was taken then
  static Optional<Standing> take(
      Connection c, Window window, String workspace, long aside, long atOnce) throws SQLException {
    int slot = window.limit().slot(workspace);
    if (fits(c, window, slot, aside, atOnce)) {
      return Optional.empty();
    }
    List<Slot> slots = locked(c, window);
    long reserved = slots.stream().mapToLong(Slot::reserved).sum();
    long used = slots.stream().mapToLong(Slot::used).sum();
    Limit limit = window.limit();
    var standing =
        new Standing(
            limit.scope(),
            limit.period(),
            limit.unit(),
            used,
            reserved,
            limit.amount(),
            limit.set());
    long asked = Math.addExact(aside, atOnce);
    if (standing.lacks(asked)) {
      return Optional.of(standing);
    }
    share(c, window, slots.size(), limit.amount() - used - reserved - asked, slot, asked);
    if (!taken(c, window, slot, aside, atOnce)) {
      throw new IllegalStateException("a locked budget's slot changed");
    }
    return Optional.empty();
  }

  /// Shares out anew after the cap was changed. The caller keeps everybody else from taking.
  static void changed(Connection c, Window window) throws SQLException {
    List<Slot> slots = locked(c, window);
    long taken = slots.stream().mapToLong(s -> s.reserved() + s.used()).sum();
    share(c, window, slots.size(), Math.max(0, window.limit().amount() - taken), 0, 0);
  }

  /// A row that was waited for stays locked even where it does not fit. It is let go, since all
  /// slots are then locked in order.
  private static boolean fits(Connection c, Window window, int slot, long aside, long atOnce)
      throws SQLException {
    if (window.limit().slots() == 1) {
      return taken(c, window, slot, aside, atOnce);
    }
    Savepoint before = c.setSavepoint();
    if (taken(c, window, slot, aside, atOnce)) {
      c.releaseSavepoint(before);
      return true;
    }
    c.rollback(before);
    return false;
  }

  private static boolean taken(Connection c, Window window, int slot, long aside, long atOnce)
      throws SQLException {
    Limit limit = window.limit();
    return Sql.execute(
            c,
            TAKE,
            aside,
            atOnce,
            window.tenant(),
            limit.scope().workspace(),
            limit.scope().workflow(),
            limit.period().name(),
            limit.unit().name(),
            window.from(),
            slot,
            Math.addExact(aside, atOnce))
        == 1;
  }

  private static List<Slot> locked(Connection c, Window window) throws SQLException {
    create(c, window);
    Limit limit = window.limit();
    return Sql.all(
        c,
        LOCK,
        row -> new Slot(row.getInt(1), row.getLong(2), row.getLong(3)),
        window.tenant(),
        limit.scope().workspace(),
        limit.scope().workflow(),
        limit.period().name(),
        limit.unit().name(),
        window.from());
  }

  private static void create(Connection c, Window window) throws SQLException {
    Limit limit = window.limit();
    String workspace = limit.scope().workspace();
    String workflow = limit.scope().workflow();
    Sql.execute(
        c,
        CREATE,
        window.tenant(),
        workspace,
        workflow,
        limit.period().name(),
        limit.unit().name(),
        window.from(),
        limit.slots(),
        limit.slots(),
        window.tenant(),
        window.from(),
        window.to(),
        limit.unit().name(),
        workspace,
        workspace,
        workflow,
        workflow);
  }

  private static void share(Connection c, Window window, int slots, long left, int slot, long asked)
      throws SQLException {
    Limit limit = window.limit();
    long each = left / slots;
    Sql.execute(
        c,
        SHARE,
        each,
        slot,
        Math.addExact(asked, left - each * slots),
        window.tenant(),
        limit.scope().workspace(),
        limit.scope().workflow(),
        limit.period().name(),
        limit.unit().name(),
        window.from());
  }
}
