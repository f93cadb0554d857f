package ai.rails.command.key;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.domain.workflow.Workflow.ConnectorPin;
import ai.rails.platform.http.Json;
import ai.rails.platform.http.WorkerIdentity;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Sql;
import ai.rails.schema.worker.WorkerProtocol;

/// The tenant's connector instances that a workflow version pins. Thread-safe.
public final class WorkerInstances {
  private final Database database;

  public WorkerInstances(Database database) {
    this.database = database;
  }

  /// An instance, and its wrapped ingest key.
  ///
  /// @param shown what a worker gets to see
  @SuppressWarnings("ArrayRecordComponent")
  record Found(WorkerProtocol.Instance shown, byte[] ingestWrapped) {}

  /// The instance that is pinned, if the tenant has it with exactly that connector.
  Optional<Found> find(String tenant, ConnectorPin pin) {
    return database.inTenant(
        tenant,
        connection ->
            Sql.one(
                connection,
                """
                SELECT connector, connector_digest, host, port, settings, credential, ingest_wrapped
                  FROM connector_instance
                 WHERE tenant = ? AND instance = ? AND connector = ? AND connector_digest = ?\
                """,
                row -> {
                  byte[] credential = row.getBytes(6);
                  return new Found(
                      new WorkerProtocol.Instance(
                          pin.instance(),
                          row.getString(1),
                          row.getString(2),
                          row.getString(3),
                          row.getInt(4),
                          settings(row.getString(5)),
                          Optional.ofNullable(credential).map(WorkerInstances::base64)),
                      row.getBytes(7));
                },
                tenant,
                pin.instance(),
                pin.connector(),
                pin.digest()));
  }

  /// Whether some worker of a workflow version holds keys now.
  public static boolean hasKeys(Connection connection, String tenant, String artifactDigest)
      throws SQLException {
    return Sql.one(
            connection,
            """
            SELECT worker FROM worker
             WHERE tenant = ? AND artifact_digest = ? AND release_until > clock_timestamp() LIMIT 1\
            """,
            row -> row.getString(1),
            tenant,
            artifactDigest)
        .isPresent();
  }

  /// Whether this worker holds keys now, of a release that it has confirmed. Until the transaction
  /// ends nobody can take them away, so nothing that it does is committed after its end.
  ///
  /// @param anew whether it is to begin something, which one that is to end may not
  public static boolean holdsKeys(Connection connection, WorkerIdentity worker, boolean anew)
      throws SQLException {
    return Sql.one(
            connection,
            """
            SELECT 1 FROM worker
             WHERE tenant = ? AND worker = ? AND artifact_digest = ? AND environment = ?
               AND NOT ended AND release_until > clock_timestamp()
               AND NOT (? AND ending_until IS NOT NULL) FOR SHARE\
            """,
            row -> row.getInt(1),
            worker.tenant(),
            worker.worker(),
            worker.artifactDigest(),
            worker.environment(),
            anew)
        .isPresent();
  }

  /// Workers that have ended for ever, as `<tenant>/<worker>`.
  public static Set<String> ended(Connection connection) throws SQLException {
    return new TreeSet<>(
        Sql.all(
            connection,
            "SELECT tenant || '/' || worker FROM worker WHERE ended",
            row -> row.getString(1)));
  }

  /// How many steps of each version and environment wait for a worker, as
  /// `<tenant>/<digest>/<environment>`. A step that waits for its time is not one of them.
  public static Map<String, Long> waiting(Connection connection) throws SQLException {
    Map<String, Long> all = new TreeMap<>();
    Sql.all(
            connection,
            """
            SELECT r.tenant || '/' || r.artifact_digest || '/' || r.environment, count(*)
              FROM step_task s JOIN run_index r ON r.tenant = s.tenant AND r.run = s.run
             WHERE s.open AND (s.lease_until IS NULL OR s.lease_until <= clock_timestamp())
               AND NOT EXISTS (
                 SELECT 1 FROM timer t
                  WHERE t.tenant = s.tenant AND t.run = s.run AND t.step = s.step
                    AND t.kind = 'STEP_DUE')
             GROUP BY 1\
            """,
            row -> Map.entry(row.getString(1), row.getLong(2)))
        .forEach(each -> all.put(each.getKey(), each.getValue()));
    return all;
  }

  static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static Map<String, Object> settings(String json) {
    Map<String, Object> settings = new TreeMap<>();
    for (Map.Entry<String, JsonNode> member :
        Json.tree(json.getBytes(StandardCharsets.UTF_8)).properties()) {
      settings.put(member.getKey(), member.getValue());
    }
    return settings;
  }
}
