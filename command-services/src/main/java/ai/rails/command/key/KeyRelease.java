package ai.rails.command.key;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;

import com.google.crypto.tink.subtle.Random;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.command.CommandBus;
import ai.rails.command.CommandContext;
import ai.rails.command.Receipt;
import ai.rails.command.workflow.Digests;
import ai.rails.command.workflow.StoredArtifacts;
import ai.rails.domain.Actor;
import ai.rails.domain.Header;
import ai.rails.domain.Refused;
import ai.rails.domain.policy.Decision;
import ai.rails.domain.run.Reasons;
import ai.rails.domain.worker.WorkerCommand.RefuseKeys;
import ai.rails.domain.worker.WorkerCommand.ReleaseKeys;
import ai.rails.domain.worker.WorkerEvent.KeyReleased;
import ai.rails.domain.workflow.Workflow;
import ai.rails.platform.http.Json;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.WorkerIdentity;
import ai.rails.platform.keys.HpkeKeyPair;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Sql;
import ai.rails.schema.worker.WorkerProtocol.KeyPackage;
import ai.rails.schema.worker.WorkerProtocol.Nonce;
import ai.rails.schema.worker.WorkerProtocol.ReleaseRequest;
import ai.rails.schema.worker.WorkerProtocol.ReleasedKeys;

/// Releases a workflow version's keys to a worker: nonce, evidence, verdict, policy, sealed
/// package, and the events that say so, with the nonce spent in their transaction. Whatever policy
/// says but a fresh ALLOW releases nothing.
///
/// Until hardware evidence is verified here the only verdict is `DEVELOPMENT`, which proves nothing
/// and is given only where the configuration asks for it. Thread-safe.
public final class KeyRelease {
  /// How long released keys may be used.
  public static final Duration LIFETIME = Duration.ofMinutes(15);

  private static final Logger LOG = LoggerFactory.getLogger(KeyRelease.class);
  private static final Duration NONCE_LIFETIME = Duration.ofSeconds(60);
  private static final int MAX_OPEN_NONCES = 16;
  private static final int MAX_EVIDENCE = 64 << 10;
  private static final String DEVELOPMENT = "DEVELOPMENT";
  private static final String REFUSED = "KEY_RELEASE_REFUSED";
  private static final String DENIED = Reasons.POLICY_DENIED;
  private static final String UNAVAILABLE = Reasons.POLICY_UNAVAILABLE;

  /// What development evidence measures.
  public static final String NO_MEASUREMENT = "none";

  private final Database database;
  private final CommandBus bus;
  private final StoredArtifacts artifacts;
  private final WorkerInstances instances;
  private final TenantSecrets secrets;
  private final KeyPolicy policy;
  private final boolean development;
  private final InstantSource clock;
  private final Supplier<UUID> ids;

  /// @param development whether a worker gets keys although nothing is proved
  public KeyRelease(
      Database database,
      CommandBus bus,
      StoredArtifacts artifacts,
      WorkerInstances instances,
      TenantSecrets secrets,
      KeyPolicy policy,
      boolean development,
      InstantSource clock,
      Supplier<UUID> ids) {
    this.database = database;
    this.bus = bus;
    this.artifacts = artifacts;
    this.instances = instances;
    this.secrets = secrets;
    this.policy = policy;
    this.development = development;
    this.clock = clock;
    this.ids = ids;
  }

  /// Gives a nonce that is good for one release within a minute.
  Nonce nonce(WorkerIdentity worker) {
    String nonce = WorkerInstances.base64(Random.randBytes(32));
    Instant expiresAt = clock.instant().plus(NONCE_LIFETIME);
    database.inTransaction(connection -> {
      Sql.execute(
          connection,
          "DELETE FROM release_nonce WHERE tenant = ? AND worker = ? AND expires_at < ?",
          worker.tenant(),
          worker.worker(),
          Timestamp.from(clock.instant()));
      int inserted =
          Sql.execute(
              connection,
              """
              INSERT INTO release_nonce (tenant, worker, nonce, expires_at)
              SELECT ?, ?, ?, ? WHERE ? > (
                SELECT count(*) FROM release_nonce WHERE tenant = ? AND worker = ?)\
              """,
              worker.tenant(),
              worker.worker(),
              nonce,
              Timestamp.from(expiresAt),
              MAX_OPEN_NONCES,
              worker.tenant(),
              worker.worker());
      if (inserted == 0) {
        throw new Problem(429, "TOO_MANY_NONCES", "use the nonces you have, or wait a minute")
            .with("Retry-After", "60");
      }
      return true;
    });
    return new Nonce(nonce, expiresAt.toEpochMilli());
  }

  /// Verifies a worker's evidence and seals its keys to the key that the evidence names.
  ///
  /// @throws Problem with 403: KEY_RELEASE_REFUSED for evidence, POLICY_DENIED and
  ///   POLICY_UNAVAILABLE for what policy said; the refusal is an event too
  KeyPackage release(WorkerIdentity worker, ReleaseRequest asked, String traceparent) {
    Optional<String> refusal = refusal(asked);
    if (refusal.isPresent()) {
      throw refuse(worker, asked, refusal.get(), Optional.empty(), traceparent);
    }
    if (asked.evidence().length() > MAX_EVIDENCE) {
      throw Problem.invalid("evidence has at most %d characters".formatted(MAX_EVIDENCE));
    }
    LOG.atWarn()
        .addKeyValue("tenant", worker.tenant())
        .addKeyValue("worker", worker.worker())
        .log("development attestation: nothing was proved");
    Workflow workflow = artifacts.load(worker.tenant(), worker.artifactDigest());
    Decision decision = decide(worker, workflow);
    if (decision.effect() != Decision.Effect.ALLOW) {
      String code = decision.unavailable().isPresent() ? UNAVAILABLE : DENIED;
      throw refuse(worker, asked, code, Optional.of(decision), traceparent);
    }
    String workspace = artifacts.stored(worker.tenant(), worker.artifactDigest()).workspace();
    String releaseId = ids.get().toString();
    Instant expiresAt = clock.instant().plus(LIFETIME);
    ReleasedKeys keys = keys(worker, workflow);
    String sealed = seal(worker, asked, releaseId, keys);
    Receipt receipt =
        bus.dispatch(
            context(worker, workflow.id(), traceparent)
                .with(connection -> spend(connection, worker, asked.nonce()))
                .with(connection -> admit(connection, worker, workspace, releaseId, expiresAt)),
            WorkerEntity.TYPE,
            command(worker, workflow, asked, decision, releaseId, keys, expiresAt));
    return new KeyPackage(releaseId, sealed, DEVELOPMENT, epoch(receipt), expiresAt.toEpochMilli());
  }

  private Decision decide(WorkerIdentity worker, Workflow workflow) {
    Instant now = clock.instant();
    return policy.decide(
        worker,
        workflow,
        new KeyPolicy.Attested(DEVELOPMENT, DEVELOPMENT, NO_MEASUREMENT, now),
        now);
  }

  /// Only development evidence can be looked at so far, and only where that is wanted.
  private Optional<String> refusal(ReleaseRequest asked) {
    if (!asked.evidenceKind().equals(DEVELOPMENT)) {
      return Optional.of("EVIDENCE_KIND_UNKNOWN");
    }
    return development ? Optional.empty() : Optional.of("DEVELOPMENT_NOT_ALLOWED");
  }

  /// A worker that policy refused may ask again with another nonce: grants change, and policy comes
  /// back. One whose evidence was refused may not.
  private Problem refuse(
      WorkerIdentity worker,
      ReleaseRequest asked,
      String code,
      Optional<Decision> decision,
      String traceparent) {
    bus.dispatch(
        context(worker, "", traceparent)
            .with(connection -> spend(connection, worker, asked.nonce())),
        WorkerEntity.TYPE,
        new RefuseKeys(worker.tenant(), worker.worker(), code, decision));
    return decision
        .map(said ->
            new Problem(
                403,
                code,
                "policy releases no keys to worker %s: %s"
                    .formatted(worker.worker(), said.reasons())))
        .orElseGet(
            () -> new Problem(403, REFUSED, "no keys are released on this evidence: " + code));
  }

  private ReleasedKeys keys(WorkerIdentity worker, Workflow workflow) {
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
    return new ReleasedKeys(WorkerInstances.base64(workflowKey), ingest, digest);
  }

  /// Made at the first release, kept wrapped; the first of two at once wins.
  private byte[] workflowKey(String tenant, String digest) {
    return database.inTransaction(connection -> {
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

  private static String seal(
      WorkerIdentity worker, ReleaseRequest asked, String releaseId, ReleasedKeys keys) {
    try {
      byte[] publicKey = Base64.getDecoder().decode(asked.hpkePublicKey());
      String info = "airails|1|release|%s|%s".formatted(worker.worker(), releaseId);
      return WorkerInstances.base64(HpkeKeyPair.seal(publicKey, Json.write(keys), info));
    } catch (IllegalArgumentException | GeneralSecurityException e) {
      throw Problem.invalid("hpkePublicKey is no HPKE public keyset in base64");
    }
  }

  private static ReleaseKeys command(
      WorkerIdentity worker,
      Workflow workflow,
      ReleaseRequest asked,
      Decision decision,
      String releaseId,
      ReleasedKeys keys,
      Instant expiresAt) {
    List<String> names = new ArrayList<>(List.of("workflow:" + worker.artifactDigest()));
    keys.ingestKeys().keySet().forEach(name -> names.add("ingest:" + name));
    return new ReleaseKeys(
        worker.tenant(),
        worker.worker(),
        workflow.id(),
        workflow.version(),
        worker.environment(),
        DEVELOPMENT,
        NO_MEASUREMENT,
        Digests.hex(asked.evidence().getBytes(StandardCharsets.UTF_8)),
        decision,
        releaseId,
        names,
        expiresAt);
  }

  /// A nonce is spent once, in the transaction that says what came of it.
  private void spend(Connection connection, WorkerIdentity worker, String nonce)
      throws SQLException {
    int spent =
        Sql.execute(
            connection,
            """
            DELETE FROM release_nonce
             WHERE tenant = ? AND worker = ? AND nonce = ? AND expires_at >= ?\
            """,
            worker.tenant(),
            worker.worker(),
            nonce,
            Timestamp.from(clock.instant()));
    if (spent == 0) {
      throw new Refused(
          Refused.Code.FORBIDDEN, "the nonce is unknown, spent or expired; ask for a new one");
    }
  }

  /// A worker's name stays with the workflow version and environment of its first certificate.
  private static void admit(
      Connection connection,
      WorkerIdentity worker,
      String workspace,
      String releaseId,
      Instant expiresAt)
      throws SQLException {
    int rows =
        Sql.execute(
            connection,
            """
            INSERT INTO worker
              (tenant, worker, workspace, environment, artifact_digest, release_id, release_until)
            VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (tenant, worker)
            DO UPDATE SET release_id = excluded.release_id, release_until = excluded.release_until
             WHERE worker.environment = excluded.environment
               AND worker.artifact_digest = excluded.artifact_digest\
            """,
            worker.tenant(),
            worker.worker(),
            workspace,
            worker.environment(),
            worker.artifactDigest(),
            releaseId,
            Timestamp.from(expiresAt));
    if (rows == 0) {
      throw new Refused(
          Refused.Code.FORBIDDEN,
          "worker %s was admitted for another workflow version or environment"
              .formatted(worker.worker()));
    }
  }

  private CommandContext context(WorkerIdentity worker, String workflow, String traceparent) {
    String id = ids.get().toString();
    return new CommandContext(
        worker.tenant(),
        Header.TENANT_WORKSPACE,
        Optional.of(worker.environment()),
        new Actor(Actor.Kind.WORKER, worker.worker()),
        id,
        id,
        Optional.of(traceparent),
        Optional.empty(),
        workflow.isEmpty() ? Optional.empty() : Optional.of(workflow),
        List.of());
  }

  private static long epoch(Receipt receipt) {
    return receipt.events().stream()
        .filter(KeyReleased.class::isInstance)
        .map(KeyReleased.class::cast)
        .map(KeyReleased::leaseEpoch)
        .findFirst()
        .orElseThrow();
  }
}
