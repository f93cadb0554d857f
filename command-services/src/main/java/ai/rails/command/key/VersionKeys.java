package ai.rails.command.key;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import ai.rails.command.workflow.StoredArtifacts;
import ai.rails.domain.workflow.Workflow;
import ai.rails.platform.http.WorkerIdentity;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Sql;
import ai.rails.schema.worker.WorkerProtocol.ReleasedKeys;

/// A workflow version's keys, opened for the moment in which they are sealed to a worker.
/// Thread-safe.
record VersionKeys(
    Database database,
    StoredArtifacts artifacts,
    WorkerInstances instances,
    TenantSecrets secrets) {
  /// @param confirmationKey for this release alone, base64
  ReleasedKeys of(WorkerIdentity worker, Workflow workflow, String confirmationKey) {
    String tenant = worker.tenant();
    String digest = worker.artifactDigest();
    Map<String, String> ingest = new TreeMap<>();
    workflow
        .connectors()
        .values()
        .forEach(pin ->
            instances
                .find(tenant, pin)
                .ifPresent(found ->
                    ingest.put(
                        pin.instance(),
                        WorkerInstances.base64(
                            secrets.openInstanceKey(
                                tenant, pin.instance(), found.ingestWrapped())))));
    ingest.put(
        "release",
        WorkerInstances.base64(
            secrets.openReleaseKey(
                tenant, digest, artifacts.stored(tenant, digest).ingestWrapped())));
    byte[] workflowKey = secrets.openWorkflowKey(tenant, digest, workflowKey(tenant, digest));
    return new ReleasedKeys(WorkerInstances.base64(workflowKey), ingest, digest, confirmationKey);
  }

  /// Made at the first release, kept wrapped; the first of two at once wins.
  private byte[] workflowKey(String tenant, String digest) {
    return database.inTenant(
        tenant,
        connection -> {
          Optional<byte[]> known = storedKey(connection, tenant, digest);
          if (known.isPresent()) {
            return known.get();
          }
          Sql.execute(
              connection,
              """
              INSERT INTO workflow_key (tenant, digest, wrapped) VALUES (?, ?, ?)
              ON CONFLICT DO NOTHING\
              """,
              tenant,
              digest,
              secrets.newWorkflowKey(tenant, digest));
          return storedKey(connection, tenant, digest).orElseThrow();
        });
  }

  private static Optional<byte[]> storedKey(Connection connection, String tenant, String digest)
      throws SQLException {
    return Sql.one(
        connection,
        "SELECT wrapped FROM workflow_key WHERE tenant = ? AND digest = ?",
        row -> row.getBytes(1),
        tenant,
        digest);
  }
}
