package ai.rails.command.flow;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

import ai.rails.platform.postgres.Sql;

/// How it stands with an instance, for people.
///
/// @param breaker `CLOSED`, `OPEN` or `HALF_OPEN`
/// @param opened how often it has opened
/// @param code of the last failure
public record FlowView(
    String instance,
    String workspace,
    String breaker,
    int failures,
    long opened,
    String code,
    Optional<Instant> openUntil,
    Optional<Instant> notBefore,
    int inFlight) {
  private static final String ALL =
      """
      SELECT due_at, not_before, failures, opened, open_until, probe, code, instance, workspace,
             (SELECT count(*) FROM call_flight f
               WHERE f.tenant = i.tenant AND f.instance = i.instance)::int
        FROM instance_flow i WHERE tenant = ? ORDER BY instance LIMIT 1000
      """;

  private record Row(Flow flow, String instance, String workspace, int inFlight) {}

  public static List<FlowView> all(Connection c, String tenant, Instant now) throws SQLException {
    return Sql.all(
            c,
            ALL,
            row -> new Row(Flows.read(row), row.getString(8), row.getString(9), row.getInt(10)),
            tenant)
        .stream()
        .map(row -> view(row, now))
        .toList();
  }

  private static FlowView view(Row row, Instant now) {
    Flow flow = row.flow();
    return new FlowView(
        row.instance(),
        row.workspace(),
        flow.breaker(now),
        flow.failures(),
        flow.opened(),
        flow.code(),
        flow.openUntil(),
        Optional.of(flow.notBefore()).filter(now::isBefore),
        row.inFlight());
  }
}
