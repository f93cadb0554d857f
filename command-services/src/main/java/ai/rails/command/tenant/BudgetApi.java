package ai.rails.command.tenant;

import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import ai.rails.command.http.Draft;
import ai.rails.command.http.Writes;
import ai.rails.domain.Limits;
import ai.rails.domain.budget.BudgetCommand.SetBudgetLimit;
import ai.rails.domain.budget.Money;
import ai.rails.platform.http.Access;
import ai.rails.platform.http.Answer;
import ai.rails.platform.http.Label;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.Request;
import ai.rails.platform.http.Role;
import ai.rails.platform.http.Route;
import ai.rails.platform.postgres.Sql;

/// What a workspace may spend in a calendar month.
public final class BudgetApi {
  /// The months that follow start with the limit of the one before.
  private static final String COUNTER =
      """
      INSERT INTO budget_counter (tenant, workspace, month, currency, limit_nanos)
      VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (tenant, workspace, month, currency)
      DO UPDATE SET limit_nanos = excluded.limit_nanos\
      """;

  private static final Pattern CURRENCY = Pattern.compile("[A-Z]{3}");

  private static final DateTimeFormatter MONTH =
      DateTimeFormatter.ofPattern("yyyy-MM").withZone(ZoneOffset.UTC);

  private final Writes writes;
  private final InstantSource clock;

  public BudgetApi(Writes writes, InstantSource clock) {
    this.writes = writes;
    this.clock = clock;
  }

  /// `PUT /v1/workspaces/{ws}/budget`.
  ///
  /// @param monthlyNanos billionths of one unit of the currency
  public record Limit(String currency, long monthlyNanos) {}

  public List<Route> routes() {
    return List.of(
        new Route(
            "PUT",
            "/v1/workspaces/{ws}/budget",
            Label.STRONG,
            Access.roles(Role.ADMIN),
            this::limit));
  }

  private Answer limit(Request request) {
    String workspace = Limits.requireId("workspace", request.path("ws"));
    Limit limit = request.json(Limit.class);
    if (!CURRENCY.matcher(limit.currency()).matches() || limit.monthlyNanos() < 0) {
      throw Problem.invalid("give an ISO 4217 currency and an amount that is not negative");
    }
    String tenant = request.principal().tenant();
    String month = MONTH.format(clock.instant());
    return writes.give(
        writes
            .context(request, workspace)
            .with(connection ->
                Sql.execute(
                    connection,
                    COUNTER,
                    tenant,
                    workspace,
                    month,
                    limit.currency(),
                    limit.monthlyNanos())),
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
}
