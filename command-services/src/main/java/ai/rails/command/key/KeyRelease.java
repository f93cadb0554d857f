package ai.rails.command.key;

import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import com.google.crypto.tink.subtle.Random;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.attestation.WorkerBinding;
import ai.rails.command.CommandBus;
import ai.rails.command.CommandContext;
import ai.rails.command.Receipt;
import ai.rails.command.workflow.StoredArtifacts;
import ai.rails.domain.Actor;
import ai.rails.domain.policy.Decision;
import ai.rails.domain.run.Reasons;
import ai.rails.domain.worker.WorkerCommand.ConfirmRelease;
import ai.rails.domain.worker.WorkerCommand.ProvisionWorker;
import ai.rails.domain.worker.WorkerCommand.RefuseKeys;
import ai.rails.domain.worker.WorkerCommand.ReleaseKeys;
import ai.rails.domain.worker.WorkerCommand.WarnOfDemotion;
import ai.rails.domain.worker.WorkerEvent.KeyReleased;
import ai.rails.domain.worker.WorkerEvent.PlatformWillBeDemoted;
import ai.rails.domain.workflow.Workflow;
import ai.rails.platform.http.Json;
import ai.rails.platform.http.Problem;
import ai.rails.platform.http.WorkerIdentity;
import ai.rails.platform.keys.AttestedKey;
import ai.rails.platform.postgres.Database;
import ai.rails.schema.worker.WorkerProtocol.Confirmation;
import ai.rails.schema.worker.WorkerProtocol.KeyPackage;
import ai.rails.schema.worker.WorkerProtocol.Nonce;
import ai.rails.schema.worker.WorkerProtocol.ReleaseRequest;
import ai.rails.schema.worker.WorkerProtocol.ReleasedKeys;

/// Releases a workflow version's keys to a worker: nonce, evidence, verdict, policy, sealed
/// package, confirmation, and the events that say so, in the log of the workflow's workspace.
///
/// A nonce is spent before evidence is looked at, and so is spent whatever comes of it. Nothing is
/// released but on accepted evidence of exactly this request and a fresh ALLOW. What was sealed
/// counts when the worker has shown that it could open it. Thread-safe.
public final class KeyRelease {
  /// How long released keys may be used.
  public static final Duration LIFETIME = Duration.ofMinutes(15);

  private static final Logger LOG = LoggerFactory.getLogger(KeyRelease.class);
  private static final int SECRET_BYTES = 32;
  private static final String REFUSED = "KEY_RELEASE_REFUSED";
  private static final String DENIED = Reasons.POLICY_DENIED;
  private static final String UNAVAILABLE = Reasons.POLICY_UNAVAILABLE;
  private static final String OTHER_POLICY = "OTHER_POLICY";
  private static final String PLATFORM = "platform";
  private static final int REVISION_DIGITS = 16;

  private final Database database;
  private final CommandBus bus;
  private final StoredArtifacts artifacts;
  private final VersionKeys keys;
  private final EvidenceCheck evidence;
  private final KeyPolicy policy;
  private final ReleaseRows rows;
  private final InstantSource clock;
  private final Supplier<UUID> ids;

  public KeyRelease(
      Database database,
      CommandBus bus,
      StoredArtifacts artifacts,
      WorkerInstances instances,
      TenantSecrets secrets,
      EvidenceCheck evidence,
      KeyPolicy policy,
      InstantSource clock,
      Supplier<UUID> ids) {
    this.database = database;
    this.bus = bus;
    this.artifacts = artifacts;
    this.keys = new VersionKeys(database, artifacts, instances, secrets);
    this.evidence = evidence;
    this.policy = policy;
    this.rows = new ReleaseRows(clock);
    this.clock = clock;
    this.ids = ids;
  }

  /// A worker's request to this service.
  ///
  /// @param tlsKeySha256 of the key that the worker showed in TLS, lower-case hex
  record Asking(WorkerIdentity worker, String tlsKeySha256, String traceparent) {}

  /// Gives a nonce that is good for one release within a minute. A worker's first one takes note of
  /// it.
  Nonce nonce(Asking asking) {
    WorkerIdentity worker = asking.worker();
    Workflow workflow = artifacts.load(worker.tenant(), worker.artifactDigest());
    bus.dispatch(
        context(asking, workflow.id()),
        WorkerEntity.TYPE,
        new ProvisionWorker(
            worker.tenant(),
            worker.worker(),
            workflow.id(),
            workflow.version(),
            worker.environment()));
    String nonce = WorkerInstances.base64(Random.randBytes(SECRET_BYTES));
    Instant expiresAt =
        database.inTenant(worker.tenant(), connection -> rows.open(connection, worker, nonce));
    return new Nonce(nonce, evidence.audience(), expiresAt.toEpochMilli());
  }

  /// Judges a worker's evidence and seals its keys to the key that the evidence names.
  ///
  /// @throws Problem with 403: NONCE_SPENT; KEY_RELEASE_REFUSED for evidence, which is an event;
  ///   POLICY_DENIED and POLICY_UNAVAILABLE for what policy said, an event too
  KeyPackage release(Asking asking, ReleaseRequest asked) {
    WorkerIdentity worker = asking.worker();
    Workflow workflow = artifacts.load(worker.tenant(), worker.artifactDigest());
    database.inTenant(
        worker.tenant(),
        connection -> {
          rows.spend(connection, worker, asked.nonce());
          return true;
        });
    Instant now = clock.instant();
    return switch (evidence.check(worker, asking.tlsKeySha256(), asked, now)) {
      case EvidenceCheck.Unproved no -> throw unproved(asking, workflow, no);
      case EvidenceCheck.Proved proved -> appraise(asking, asked, workflow, proved, now);
    };
  }

  /// Takes the worker's word, under a key that only the sealed package held, that it could open it.
  ///
  /// @throws Problem with 403 RELEASE_NOT_CONFIRMED
  void confirm(Asking asking, Confirmation confirmation) {
    WorkerIdentity worker = asking.worker();
    byte[] mac = decode(confirmation.mac());
    bus.dispatch(
        context(asking, "")
            .with(connection -> rows.confirm(connection, worker, confirmation.releaseId(), mac)),
        WorkerEntity.TYPE,
        new ConfirmRelease(worker.tenant(), worker.worker(), confirmation.releaseId()));
  }

  private KeyPackage appraise(
      Asking asking,
      ReleaseRequest asked,
      Workflow workflow,
      EvidenceCheck.Proved proved,
      Instant now) {
    WorkerIdentity worker = asking.worker();
    if (!proved.verdict().equals("VERIFIED")) {
      LOG.atWarn()
          .addKeyValue("tenant", worker.tenant())
          .addKeyValue("worker", worker.worker())
          .log("simulated evidence: no hardware vouches for this worker");
    }
    Decision decision = policy.decide(worker, workflow, proved, LIFETIME, now);
    if (decision.effect() != Decision.Effect.ALLOW) {
      String code = decision.unavailable().isPresent() ? UNAVAILABLE : DENIED;
      throw denied(asking, workflow, proved, decision, code);
    }
    String revision = decision.revisions().getOrDefault(PLATFORM, "");
    if (asked.policySha256().isPresent() && !isOf(revision, asked.policySha256().get())) {
      throw denied(asking, workflow, proved, decision, OTHER_POLICY);
    }
    return seal(asking, asked, workflow, proved, decision, revision);
  }

  /// A revision ends with the first digits of its content's SHA-256.
  private static boolean isOf(String revision, String policySha256) {
    return policySha256.length() == 2 * SECRET_BYTES
        && revision.endsWith(".sha256." + policySha256.substring(0, REVISION_DIGITS));
  }

  private KeyPackage seal(
      Asking asking,
      ReleaseRequest asked,
      Workflow workflow,
      EvidenceCheck.Proved proved,
      Decision decision,
      String revision) {
    WorkerIdentity worker = asking.worker();
    String releaseId = ids.get().toString();
    Instant expiresAt = proved.evidence().verifiedAt().plus(LIFETIME);
    byte[] confirmationKey = Random.randBytes(SECRET_BYTES);
    ReleasedKeys released = keys.of(worker, workflow, WorkerInstances.base64(confirmationKey));
    WorkerBinding binding = evidence.binding(worker, asking.tlsKeySha256(), asked);
    String sealed = seal(asked, released, binding, releaseId, proved, revision, expiresAt);
    var pending =
        new ReleaseRows.Pending(
            releaseId, expiresAt, mac(confirmationKey, binding.confirmation(releaseId)));
    String workspace = artifacts.stored(worker.tenant(), worker.artifactDigest()).workspace();
    proved.outlook().ifPresent(next -> warn(asking, workflow, proved, next));
    Receipt receipt =
        bus.dispatch(
            context(asking, workflow.id())
                .with(connection -> rows.admit(connection, worker, workspace, pending))
                .with(connection -> rows.demotion(connection, worker, proved.outlook())),
            WorkerEntity.TYPE,
            command(worker, workflow, proved, decision, releaseId, released, expiresAt));
    return new KeyPackage(
        releaseId, sealed, proved.verdict(), revision, epoch(receipt), expiresAt.toEpochMilli());
  }

  /// An entry before the keys: whoever runs the platform has until the next set to update it.
  private void warn(Asking asking, Workflow workflow, EvidenceCheck.Proved proved, Outlook next) {
    WorkerIdentity worker = asking.worker();
    LOG.atWarn()
        .addKeyValue("tenant", worker.tenant())
        .addKeyValue("worker", worker.worker())
        .addKeyValue("nextStatus", next.status())
        .log("the platform will be demoted; update its firmware");
    bus.dispatch(
        context(asking, workflow.id()),
        WorkerEntity.TYPE,
        new WarnOfDemotion(
            worker.tenant(),
            worker.worker(),
            new PlatformWillBeDemoted(
                worker.worker(),
                proved.evidence().platform(),
                proved.evidence().tcbStatus(),
                next.status(),
                next.evaluationNumber(),
                next.advisories())));
  }

  private static String seal(
      ReleaseRequest asked,
      ReleasedKeys released,
      WorkerBinding binding,
      String releaseId,
      EvidenceCheck.Proved proved,
      String revision,
      Instant expiresAt) {
    try {
      return WorkerInstances.base64(
          AttestedKey.seal(
              decode(asked.hpkePublicKey()),
              Json.write(released),
              binding.releaseInfo(
                  releaseId, proved.evidenceSha256(), revision, expiresAt.toEpochMilli())));
    } catch (GeneralSecurityException e) {
      throw Problem.invalid("hpkePublicKey is no X25519 public key");
    }
  }

  private Problem unproved(Asking asking, Workflow workflow, EvidenceCheck.Unproved no) {
    LOG.atWarn()
        .addKeyValue("tenant", asking.worker().tenant())
        .addKeyValue("worker", asking.worker().worker())
        .addKeyValue("code", no.code())
        .addKeyValue("detail", no.detail())
        .log("evidence is refused: no keys");
    refuse(asking, workflow, no.code(), no.evidenceSha256(), no.measurement(), Optional.empty());
    String code = no.code().equals(EvidenceCheck.NO_COLLATERAL) ? no.code() : REFUSED;
    return new Problem(403, code, "no keys are released on this evidence: " + no.code());
  }

  /// A worker that policy refused may ask again with another nonce: grants change, and policy comes
  /// back. One whose evidence was refused may not.
  private Problem denied(
      Asking asking,
      Workflow workflow,
      EvidenceCheck.Proved proved,
      Decision decision,
      String code) {
    refuse(
        asking,
        workflow,
        code,
        proved.evidenceSha256(),
        Optional.of(proved.measurement()),
        Optional.of(decision));
    return new Problem(
        403,
        code,
        "policy releases no keys to worker %s: %s"
            .formatted(asking.worker().worker(), decision.reasons()));
  }

  private void refuse(
      Asking asking,
      Workflow workflow,
      String code,
      String evidenceSha256,
      Optional<String> measurement,
      Optional<Decision> decision) {
    WorkerIdentity worker = asking.worker();
    bus.dispatch(
        context(asking, workflow.id()),
        WorkerEntity.TYPE,
        new RefuseKeys(
            worker.tenant(),
            worker.worker(),
            code,
            Optional.of(evidenceSha256),
            measurement,
            decision));
  }

  private static ReleaseKeys command(
      WorkerIdentity worker,
      Workflow workflow,
      EvidenceCheck.Proved proved,
      Decision decision,
      String releaseId,
      ReleasedKeys released,
      Instant expiresAt) {
    List<String> names = new ArrayList<>(List.of("workflow:" + worker.artifactDigest()));
    released.ingestKeys().keySet().forEach(name -> names.add("ingest:" + name));
    return new ReleaseKeys(
        worker.tenant(),
        worker.worker(),
        workflow.id(),
        workflow.version(),
        worker.environment(),
        proved.verdict(),
        proved.measurement(),
        proved.evidenceSha256(),
        proved.evidence(),
        proved.parts(),
        decision,
        releaseId,
        names,
        expiresAt);
  }

  private static byte[] mac(byte[] key, byte[] message) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(message);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HMAC-SHA-256", e);
    }
  }

  private static byte[] decode(String base64) {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw Problem.invalid("bytes are base64");
    }
  }

  /// A worker's entries lie in the log of the workspace whose workflow it runs, where the proof of
  /// a run needs them.
  private CommandContext context(Asking asking, String workflow) {
    WorkerIdentity worker = asking.worker();
    String id = ids.get().toString();
    return new CommandContext(
        worker.tenant(),
        artifacts.stored(worker.tenant(), worker.artifactDigest()).workspace(),
        Optional.of(worker.environment()),
        new Actor(Actor.Kind.WORKER, worker.worker()),
        id,
        id,
        Optional.of(asking.traceparent()),
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
