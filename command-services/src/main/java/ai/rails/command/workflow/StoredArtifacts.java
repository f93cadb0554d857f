package ai.rails.command.workflow;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.domain.workflow.Artifacts;
import ai.rails.domain.workflow.Workflow;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Sql;

/// Compiled workflows from the store. Every load hashes the bytes again and checks the signature
/// once for each distinct content, so an altered row is never run.
///
/// The bytes of recent versions are kept in memory, and so can be used while the caller holds a
/// connection; they too are hashed at every load. Thread-safe.
public final class StoredArtifacts implements Artifacts {
  private static final Logger LOG = LoggerFactory.getLogger(StoredArtifacts.class);
  private static final int MAX_KEPT = 256;
  private static final String SELECT =
      """
      SELECT artifact, signature, signing_key_id, workspace, workflow, ingest_public,
             ingest_wrapped
        FROM workflow_artifact
       WHERE tenant = ? AND digest = ?\
      """;

  private final Database database;
  private final ArtifactSigning signing;
  private final Compiler compiler;
  private final Altered altered;
  private final Map<Name, Kept> kept = new ConcurrentHashMap<>();

  /// @param altered told once for each load that was refused
  public StoredArtifacts(
      Database database, ArtifactSigning signing, Compiler compiler, Altered altered) {
    this.database = database;
    this.signing = signing;
    this.compiler = compiler;
    this.altered = altered;
  }

  /// Told that an artifact in the store is not what was signed.
  @FunctionalInterface
  public interface Altered {
    void altered(String tenant, String workspace, String workflow, String digest, String reason);
  }

  /// One artifact as it is stored.
  ///
  /// @param ingestPublic the key to which clients seal content inputs
  /// @param ingestWrapped its private half, which only key release opens
  @SuppressWarnings("ArrayRecordComponent")
  public record Stored(
      byte[] artifact,
      byte[] signature,
      String signingKeyId,
      String workspace,
      String workflow,
      byte[] ingestPublic,
      byte[] ingestWrapped) {}

  private record Name(String tenant, String digest) {}

  private record Kept(Stored stored, Workflow workflow) {}

  @Override
  public Workflow load(String tenant, String digest) {
    return kept(tenant, digest).workflow();
  }

  /// The checked bytes of an artifact.
  ///
  /// @throws Refused with NOT_FOUND or ARTIFACT_ALTERED
  public Stored stored(String tenant, String digest) {
    return kept(tenant, digest).stored();
  }

  private Kept kept(String tenant, String digest) {
    Name name = new Name(tenant, digest);
    Kept known = kept.get(name);
    if (known != null && hashes(known.stored(), digest)) {
      return known;
    }
    kept.remove(name);
    Kept loaded = loaded(tenant, digest);
    if (kept.size() >= MAX_KEPT) {
      kept.clear();
    }
    kept.put(name, loaded);
    return loaded;
  }

  private Kept loaded(String tenant, String digest) {
    Stored stored =
        database
            .inTenant(
                tenant,
                connection ->
                    Sql.one(
                        connection,
                        SELECT,
                        row ->
                            new Stored(
                                row.getBytes(1),
                                row.getBytes(2),
                                row.getString(3),
                                row.getString(4),
                                row.getString(5),
                                row.getBytes(6),
                                row.getBytes(7)),
                        tenant,
                        digest))
            .orElseThrow(
                () -> new Refused(Code.NOT_FOUND, "there is no artifact %s".formatted(digest)));
    Optional<String> fault = fault(stored, digest);
    if (fault.isPresent()) {
      throw refuse(tenant, digest, stored, fault.get());
    }
    return new Kept(stored, compiler.read(stored.artifact()));
  }

  private Optional<String> fault(Stored stored, String digest) {
    if (!hashes(stored, digest)) {
      return Optional.of("DIGEST_DIFFERS");
    }
    try {
      signing.verify(stored.signature(), stored.artifact());
      return Optional.empty();
    } catch (GeneralSecurityException e) {
      return Optional.of("SIGNATURE_INVALID");
    }
  }

  private Refused refuse(String tenant, String digest, Stored stored, String reason) {
    LOG.atError()
        .addKeyValue("tenant", tenant)
        .addKeyValue("digest", digest)
        .addKeyValue("reason", reason)
        .log("a stored artifact was altered; it is not run");
    altered.altered(tenant, stored.workspace(), stored.workflow(), digest, reason);
    return new Refused(
        Code.ARTIFACT_ALTERED,
        "artifact %s is not what was signed (%s); publish it again".formatted(digest, reason));
  }

  private static boolean hashes(Stored stored, String digest) {
    return MessageDigest.isEqual(
        Digests.named(stored.artifact()).getBytes(StandardCharsets.UTF_8),
        digest.getBytes(StandardCharsets.UTF_8));
  }
}
