package ai.rails.command.policy;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.domain.policy.Decision;
import ai.rails.platform.http.Problem;
import ai.rails.platform.opa.ReplayOpa.Said;
import ai.rails.platform.postgres.Sql;

/// What is kept of shadows.
final class ShadowRows {
  private static final int SAMPLES = 20;
  private static final int PAGE = 500;
  private static final String UNDEFINED = "UNDEFINED";

  private ShadowRows() {}

  /// A draft that is asked beside what decides.
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Shadow(
      String tenant,
      String shadow,
      String candidateSha256,
      byte[] data,
      String startedBy,
      String endsAt,
      boolean over,
      boolean ended) {
    Shadow atItsEnd() {
      return new Shadow(
          tenant, shadow, candidateSha256, data, startedBy, endsAt, over, /* ended= */ true);
    }
  }

  /// An entry that is to be asked about again.
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Entry(String workspace, long position, byte[] payload) {}

  static Optional<Shadow> find(Connection c, String tenant, String shadow) throws SQLException {
    return Sql.one(
        c,
        "SELECT tenant, shadow, candidate_sha256, data, started_by, ends_at,"
            + " ends_at <= clock_timestamp(), ended FROM policy_shadow"
            + " WHERE tenant = ? AND shadow = ?",
        ShadowRows::shadow,
        tenant,
        shadow);
  }

  static List<Shadow> open(Connection c, String tenant) throws SQLException {
    return Sql.all(
        c,
        "SELECT tenant, shadow, candidate_sha256, data, started_by, ends_at,"
            + " ends_at <= clock_timestamp(), ended FROM policy_shadow"
            + " WHERE tenant = ? AND NOT ended",
        ShadowRows::shadow,
        tenant);
  }

  private static Shadow shadow(ResultSet row) throws SQLException {
    return new Shadow(
        row.getString(1),
        row.getString(2),
        row.getString(3),
        row.getBytes(4),
        row.getString(5),
        row.getTimestamp(6).toInstant().toString(),
        row.getBoolean(7),
        row.getBoolean(8));
  }

  /// From now on, in each log that there is.
  static void start(Connection c, Shadow shadow, int hours) throws SQLException {
    int _ =
        Sql.execute(
            c,
            """
            INSERT INTO policy_shadow (tenant, shadow, candidate_sha256, data, started_by, ends_at)
            VALUES (?, ?, ?, ?, ?, clock_timestamp() + make_interval(hours => ?))\
            """,
            shadow.tenant(),
            shadow.shadow(),
            shadow.candidateSha256(),
            shadow.data(),
            shadow.startedBy(),
            hours);
    int _ =
        Sql.execute(
            c,
            """
            INSERT INTO policy_shadow_log (tenant, shadow, workspace, position)
            SELECT tenant, ?, workspace, position FROM workspace_head WHERE tenant = ?\
            """,
            shadow.shadow(),
            shadow.tenant());
  }

  /// The next recorded decisions that the shadow has not been asked about.
  static List<Entry> next(Connection c, Shadow shadow) throws SQLException {
    return Sql.all(
        c,
        """
        SELECT e.workspace, e.position, e.payload FROM event e
          LEFT JOIN policy_shadow_log l
            ON l.tenant = e.tenant AND l.shadow = ? AND l.workspace = e.workspace
         WHERE e.tenant = ? AND e.event_type = 'POLICY_EVALUATED'
           AND e.position > coalesce(l.position, 0)
         ORDER BY e.workspace, e.position LIMIT %s\
        """
            .formatted(PAGE),
        row -> new Entry(row.getString(1), row.getLong(2), row.getBytes(3)),
        shadow.shadow(),
        shadow.tenant());
  }

  /// @param said empty if the candidate has no answer
  static void told(
      Connection c, Shadow shadow, Entry at, Decision decision, JsonNode tool, Optional<Said> said)
      throws SQLException {
    int _ =
        Sql.execute(
            c,
            """
            INSERT INTO policy_shadow_decision
              (tenant, shadow, decision, workspace, position, tool, action, risk, was, would_be,
               reasons)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING\
            """,
            shadow.tenant(),
            shadow.shadow(),
            decision.decisionId(),
            at.workspace(),
            at.position(),
            tool.path("name").asText(decision.entryPoint()),
            tool.path("action").asText(""),
            tool.path("risk_class").asText(""),
            decision.effect().name(),
            said.map(Said::effect).orElse(UNDEFINED),
            String.join(" ", said.map(Said::reasons).orElse(List.of())));
  }

  static void reached(Connection c, Shadow shadow, Entry at) throws SQLException {
    int _ =
        Sql.execute(
            c,
            """
            INSERT INTO policy_shadow_log (tenant, shadow, workspace, position) VALUES (?, ?, ?, ?)
            ON CONFLICT (tenant, shadow, workspace) DO UPDATE SET position = excluded.position\
            """,
            shadow.tenant(),
            shadow.shadow(),
            at.workspace(),
            at.position());
  }

  /// @throws Problem with 409 if it has ended
  static void end(Connection c, Shadow shadow) throws SQLException {
    if (Sql.execute(
            c,
            "UPDATE policy_shadow SET ended = true WHERE tenant = ? AND shadow = ? AND NOT ended",
            shadow.tenant(),
            shadow.shadow())
        != 1) {
      throw new Problem(409, "SHADOW_ENDED", "the shadow has ended");
    }
  }

  /// What the candidate said of everything so far, beside what was enforced.
  static Map<String, Object> report(Connection c, Shadow shadow) throws SQLException {
    List<Map<String, Object>> matrix =
        Sql.all(
            c,
            """
            SELECT tool, action, risk, was, would_be, count(*) FROM policy_shadow_decision
             WHERE tenant = ? AND shadow = ? GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5\
            """,
            row ->
                Map.<String, Object>of(
                    "tool", row.getString(1),
                    "action", row.getString(2),
                    "risk", row.getString(3),
                    "from", row.getString(4),
                    "to", row.getString(5),
                    "count", row.getLong(6)),
            shadow.tenant(),
            shadow.shadow());
    List<Map<String, Object>> samples =
        Sql.all(
            c,
            """
            SELECT decision, workspace, position, was, would_be, reasons FROM policy_shadow_decision
             WHERE tenant = ? AND shadow = ? AND was <> would_be
             ORDER BY workspace, position LIMIT %s\
            """
                .formatted(SAMPLES),
            row ->
                Map.<String, Object>of(
                    "decisionId", row.getString(1),
                    "workspace", row.getString(2),
                    "position", row.getLong(3),
                    "from", row.getString(4),
                    "to", row.getString(5),
                    "reasonsAfter", List.of(row.getString(6).split(" ", -1))),
            shadow.tenant(),
            shadow.shadow());
    Map<String, Object> report = new TreeMap<>();
    report.put("schema", "airails.policy_shadow/1");
    report.put("shadow", shadow.shadow());
    report.put("candidateSha256", shadow.candidateSha256());
    report.put("endsAt", shadow.endsAt());
    report.put("state", shadow.ended() ? "ENDED" : "OPEN");
    report.put("decisions", sum(matrix, false));
    report.put("changed", sum(matrix, true));
    report.put("matrix", new ArrayList<>(matrix));
    report.put("samples", samples);
    return report;
  }

  private static long sum(List<Map<String, Object>> matrix, boolean changed) {
    return matrix.stream()
        .filter(cell -> !changed || !Objects.equals(cell.get("from"), cell.get("to")))
        .mapToLong(cell -> cell.get("count") instanceof Long count ? count : 0)
        .sum();
  }
}
