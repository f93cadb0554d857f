package ai.rails.command.tenant;

import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import ai.rails.command.budget.BudgetCounters;
import ai.rails.command.budget.Standing;
import ai.rails.command.http.Draft;
import ai.rails.command.http.Writes;
import ai.rails.domain.Header;
import ai.rails.domain.Limits;
import ai.rails.domain.Refused;
import ai.rails.domain.budget.BudgetCommand.SetBudget;
import ai.rails.domain.budget.BudgetCommand.SetBudgetLimit;
import ai.rails.domain.budget.Money;
import ai.rails.domain.budget.Period;
import ai.rails.domain.budget.Scope;
import ai.rails.domain.budget.Unit;
import ai.rails.platform.http.Access;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Role;
import ai.rails.platform.http.Route;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Sql;

/// What a tenant, a workspace or a workflow may use in a period, and what it has used.
public final class BudgetApi {
  private final Writes writes;
  private final Database database;
  private final BudgetCounters budgets;
  private final InstantSource clock;

  public BudgetApi(Writes writes, Database database, BudgetCounters budgets, InstantSource clock) {
    this.writes = writes;
    this.database = database;
    this.budgets = budgets;
    this.clock = clock;
  }

  /// `PUT /v1/workspaces/{ws}/budget`.
  ///
  /// @param monthlyNanos billionths of one unit of the currency
  public record Limit(String currency, long monthlyNanos) {}

  /// `PUT /v1/budgets`.
  ///
  /// @param workspace absent for the whole tenant
  /// @param workflow absent for all of the workspace's
  /// @param unit currency, `runs`, `calls`, `tokens` or `gpu-hours`
  /// @param limit billionths, of money and GPU-hours; absent to lift the cap
  public record Cap(
      Optional<String> workspace,
      Optional<String> workflow,
      Period period,
      String unit,
      Optional<Long> limit) {}

  public List<Route> routes() {
    return List.of(
        new Route(
            "PUT",
            "/v1/workspaces/{ws}/budget",
            Label.STRONG,
            Access.roles(Role.ADMIN),
            this::limit),
        new Route("PUT", "/v1/budgets", Label.STRONG, Access.roles(Role.ADMIN), this::cap),
        new Route("GET", "/v1/budgets", Label.STRONG, Access.anyRole(), this::list));
  }

  private Answer limit(Request request) {
    String workspace = Limits.requireId("workspace", request.path("ws"));
    Limit limit = request.json(Limit.class);
    Unit unit = new Unit(limit.currency());
    if (!unit.isMoney() || limit.monthlyNanos() < 0) {
      throw Problem.invalid("give an ISO 4217 currency and an amount that is not negative");
    }
    String tenant = request.principal().tenant();
    Instant now = clock.instant();
    Scope scope = new Scope(workspace, "");
    Optional<Long> amount = Optional.of(limit.monthlyNanos());
    return writes.give(
        writes
            .context(request, workspace)
            .with(c -> budgets.set(c, tenant, scope, Period.MONTH, unit, amount, now)),
        Draft.ok(
            Map.of(
                "workspace",
                workspace,
                "currency",
                limit.currency(),
                "monthlyNanos",
                limit.monthlyNanos())),
        BudgetEntity.TYPE,
        new SetBudgetLimit(tenant, workspace, new Money(limit.currency(), limit.monthlyNanos())));
  }

  private Answer cap(Request request) {
    Cap cap = request.json(Cap.class);
    Scope scope = new Scope(cap.workspace().orElse(""), cap.workflow().orElse(""));
    Unit unit = new Unit(cap.unit());
    if (cap.limit().filter(limit -> limit < 0).isPresent()) {
      throw Problem.invalid("a cap is not negative; leave limit out to lift it");
    }
    String tenant = request.principal().tenant();
    if (cap.limit().isPresent() && !exists(tenant, scope)) {
      throw new Refused(
          Refused.Code.NOT_FOUND,
          "there is no workflow %s to cap; publish it first, or correct its id"
              .formatted(scope.workflow()));
    }
    Instant now = clock.instant();
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("budget", scope.budget());
    answer.put("period", cap.period());
    answer.put("unit", unit.name());
    cap.limit().ifPresent(limit -> answer.put("limit", limit));
    return writes.give(
        writes
            .context(
                request, scope.workspace().isEmpty() ? Header.TENANT_WORKSPACE : scope.workspace())
            .with(c -> budgets.set(c, tenant, scope, cap.period(), unit, cap.limit(), now)),
        Draft.ok(answer),
        BudgetEntity.TYPE,
        new SetBudget(tenant, scope, cap.period(), unit, cap.limit()));
  }

  /// A cap on a workflow that nobody published would never hold anything.
  private boolean exists(String tenant, Scope scope) {
    return scope.workflow().isEmpty()
        || database.inTenant(
            tenant,
            c ->
                Sql.one(
                        c,
                        """
                        SELECT 1 FROM workflow_artifact
                         WHERE tenant = ? AND workflow = ? AND (? = '' OR workspace = ?) LIMIT 1\
                        """,
                        row -> row.getInt(1),
                        tenant,
                        scope.workflow(),
                        scope.workspace(),
                        scope.workspace())
                    .isPresent());
  }

  private Answer list(Request request) {
    String tenant = request.principal().tenant();
    Instant now = clock.instant();
    List<Map<String, Object>> items =
        database.inTenant(tenant, c -> budgets.all(c, tenant, now)).stream()
            .map(standing -> item(standing, now))
            .toList();
    return Answer.ok(Map.of("items", items));
  }

  private static Map<String, Object> item(Standing standing, Instant now) {
    Map<String, Object> item = new LinkedHashMap<>();
    item.put("budget", standing.scope().budget());
    if (!standing.scope().workspace().isEmpty()) {
      item.put("workspace", standing.scope().workspace());
    }
    if (!standing.scope().workflow().isEmpty()) {
      item.put("workflow", standing.scope().workflow());
    }
    item.put("period", standing.period().name());
    item.put("window", standing.period().window(now));
    item.put("endsAt", standing.period().end(now).toEpochMilli());
    item.put("unit", standing.unit().name());
    item.put("limit", standing.limit());
    item.put("used", standing.used());
    item.put("reserved", standing.reserved());
    item.put("default", !standing.set());
    return item;
  }
}
