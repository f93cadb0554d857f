package ai.rails.command.workflow;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

import ai.rails.command.key.TenantSecrets;
import ai.rails.command.workflow.ActiveWorkflows.Active;
import ai.rails.command.workflow.Compiler.Compiled;
import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.domain.workflow.Workflow;
import ai.rails.platform.http.Problem;
import ai.rails.platform.postgres.Sql;

/// Published versions as rows.
final class VersionRows {
  private VersionRows() {}

  /// What is stored of a version.
  @SuppressWarnings("ArrayRecordComponent")
  record Version(
      Compiled compiled,
      String digest,
      String manifestDigest,
      byte[] signature,
      TenantSecrets.IngestKey ingest) {}

  /// @param keyId of the key that signed it
  static void store(
      Connection connection,
      String tenant,
      String workspace,
      Version version,
      String keyId,
      List<String> environments,
      Instant now)
      throws SQLException {
    Workflow workflow = version.compiled().workflow();
    requireOwn(connection, tenant, workspace, workflow.id());
    int inserted =
        Sql.execute(
            connection,
            """
            INSERT INTO workflow_artifact
              (tenant, digest, workspace, workflow, version, artifact, manifest, signature,
               signing_key_id, ingest_public, ingest_wrapped)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (tenant, digest) DO NOTHING\
            """,
            tenant,
            version.digest(),
            workspace,
            workflow.id(),
            workflow.version(),
            version.compiled().artifact(),
            version.compiled().manifest(),
            version.signature(),
            keyId,
            version.ingest().publicKey(),
            version.ingest().wrappedPrivate());
    if (inserted == 0) {
      requireSameKey(connection, tenant, version);
    }
    for (String environment : environments) {
      ActiveWorkflows.activate(
          connection,
          tenant,
          new Active(workspace, workflow.id(), environment, version.digest()),
          workflow,
          now);
    }
  }

  /// Of two that publish the same at once, one must not answer a key that was not stored.
  private static void requireSameKey(Connection connection, String tenant, Version version)
      throws SQLException {
    byte[] stored =
        Sql.one(
                connection,
                "SELECT ingest_public FROM workflow_artifact WHERE tenant = ? AND digest = ?",
                row -> row.getBytes(1),
                tenant,
                version.digest())
            .orElseThrow();
    if (!Arrays.equals(stored, version.ingest().publicKey())) {
      throw new Problem(409, "PUBLISHED_AT_ONCE", "the same version is being published; ask again");
    }
  }

  /// A workflow's id belongs to one workspace: its stream is in that workspace's log.
  private static void requireOwn(
      Connection connection, String tenant, String workspace, String workflow) throws SQLException {
    List<String> others =
        Sql.all(
            connection,
            """
            SELECT workspace FROM workflow_artifact
             WHERE tenant = ? AND workflow = ? AND workspace <> ? LIMIT 1\
            """,
            row -> row.getString(1),
            tenant,
            workflow,
            workspace);
    if (!others.isEmpty()) {
      throw new Refused(
          Code.ALREADY_EXISTS,
          "workflow %s belongs to another workspace; choose another id".formatted(workflow));
    }
  }
}
