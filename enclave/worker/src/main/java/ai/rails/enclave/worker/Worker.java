package ai.rails.enclave.worker;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.attestation.evidence.EvidenceSource;
import ai.rails.attestation.evidence.KernelReports;
import ai.rails.enclave.gate.ApprovalCheck;
import ai.rails.enclave.gate.TenantLog;
import ai.rails.enclave.release.AttestedSelf;
import ai.rails.enclave.release.BoundArtifact;
import ai.rails.enclave.release.KeyRelease;
import ai.rails.platform.http.Tls;
import ai.rails.platform.http.WorkerIdentity;
import ai.rails.platform.telemetry.Telemetry;
import ai.rails.platform.workflow.WorkerExpressions;

/// A worker: obtains keys, loads the one workflow version that it is bound to, and does its steps.
///
/// Everything it opens is outbound. It has no database and no key that was not released to it.
public final class Worker {
  private static final String EXIT_WITH_PARENT = "--exit-with-parent";
  private static final Logger LOG = LoggerFactory.getLogger(Worker.class);
  private static final String RUNTIME = "airails-worker/1";
  private static final Duration RETRY_FIRST = Duration.ofMillis(100);
  private static final Duration RETRY_MOST = Duration.ofSeconds(5);

  private final Keys keys;
  private final Loop loop;
  private final Duration grace;
  private volatile boolean sound = true;

  /// What a worker is made of beside its own code.
  ///
  /// @param calls the gateway
  /// @param evidence what attests this machine
  /// @param random secure
  /// @param nanos monotonic clock
  record Parts(
      WorkerExpressions expressions,
      CallPort calls,
      EvidenceSource evidence,
      Telemetry telemetry,
      InstantSource clock,
      RandomGenerator random,
      LongSupplier nanos) {}

  /// Who a worker is and where it connects.
  ///
  /// @param tlsKeySha256 of the key in its certificate, lower-case hex
  record Ends(WorkerIdentity identity, String tlsKeySha256, Wire wire, StepCommands commands) {}

  /// Runs a worker in a confidential guest until it is told to end: what attests it is the kernel.
  ///
  /// @param arguments `[--exit-with-parent] effective.properties`
  public static void main(String... arguments)
      throws IOException, GeneralSecurityException, InterruptedException {
    launch((_, _) -> new KernelReports(KernelReports.CONFIGFS, Worker::unguessable), arguments);
  }

  /// Where evidence comes from, for a worker with these settings.
  @FunctionalInterface
  public interface Attestor {
    EvidenceSource of(WorkerConfig config, WorkerIdentity identity) throws IOException;
  }

  /// Runs a worker like [#main], with evidence from elsewhere.
  public static void launch(Attestor attestor, String... arguments)
      throws IOException, GeneralSecurityException, InterruptedException {
    List<String> given = List.of(arguments);
    boolean exitWithParent = given.contains(EXIT_WITH_PARENT);
    List<String> files = given.stream().filter(each -> !each.startsWith("--")).toList();
    if (files.size() != 1 || given.size() != (exitWithParent ? 2 : 1)) {
      throw new IllegalArgumentException(
          "usage: Worker [%s] effective.properties".formatted(EXIT_WITH_PARENT));
    }
    if (!WorkerProcess.run(Path.of(files.getFirst()), exitWithParent, attestor)) {
      System.exit(1);
    }
  }

  private static String unguessable() {
    byte[] name = new byte[16];
    new SecureRandom().nextBytes(name);
    return HexFormat.of().formatHex(name);
  }

  /// Obtains keys and loads the workflow; blocks until the control plane is there.
  ///
  /// @throws ai.rails.enclave.release.ReleaseRefused if keys or workflow are not for this worker
  Worker(WorkerConfig config, Ends ends, Parts parts) throws InterruptedException {
    WorkerIdentity identity = ends.identity();
    this.grace = config.grace();
    var controlPlane = new ControlPlane(ends.wire());
    byte[] signingKey = Base64.getDecoder().decode(config.signingKey());
    this.keys =
        new Keys(
            new KeyRelease(
                controlPlane,
                new AttestedSelf(
                    identity,
                    ends.tlsKeySha256(),
                    RUNTIME,
                    config.policySha256(),
                    parts.evidence()),
                parts.clock()),
            () ->
                BoundArtifact.verified(
                    controlPlane.artifact(), identity.artifactDigest(), signingKey),
            parts.clock(),
            parts.random());
    Ours ours = Ours.of(identity);
    var runner =
        new StepRunner(
            controlPlane,
            keys,
            ours,
            steps(controlPlane, parts, approvals(controlPlane, config, identity, parts), config),
            parts.telemetry(),
            parts.nanos());
    this.loop =
        new Loop(
            ends.commands(),
            controlPlane,
            runner,
            new Revealing(controlPlane, keys, parts.clock()),
            keys,
            ours,
            parts.nanos(),
            config.concurrency());
  }

  private static ApprovalCheck approvals(
      ControlPlane controlPlane, WorkerConfig config, WorkerIdentity identity, Parts parts) {
    var log = new TenantLog(controlPlane::tenantLog, config.logTrust(identity, parts.clock()));
    return new ApprovalCheck(identity.tenant(), log, Thread::sleep);
  }

  private StepRunner.Steps steps(
      ControlPlane controlPlane, Parts parts, ApprovalCheck approvals, WorkerConfig config) {
    var scopes = new Scopes(keys);
    var freezer =
        new Freezer(parts.expressions(), parts.calls(), new CorrectedCall(keys), parts.random());
    var calls =
        new CallStep(
            controlPlane,
            freezer,
            new AccessTokens(
                controlPlane, new Credentials(keys), keys, parts.clock(), parts.random()),
            parts.calls(),
            approvals,
            new ByRunner(controlPlane, config.runnerAuthorities(), parts.clock()),
            config.failPoint());
    return new StepRunner.Steps(
        scopes,
        calls,
        new GateSteps(controlPlane, freezer, scopes, calls),
        new LocalSteps(controlPlane, scopes, parts.expressions()));
  }

  /// Works until [#stop()].
  ///
  /// @return false if it stopped because it may not go on: keys or claims were refused
  boolean run() throws InterruptedException {
    Thread renewal = Thread.ofVirtual().name("key-renewal").start(this::renew);
    try {
      LOG.info("worker ready artifact={}", keys.artifact().digest());
      return loop.run(grace) && sound;
    } finally {
      renewal.interrupt();
      renewal.join();
    }
  }

  /// Takes no more work; [#run()] then ends. May be called by any thread.
  void stop() {
    loop.stop();
  }

  /// Whether the keys that it holds have not expired.
  boolean live() {
    return keys.live();
  }

  private void renew() {
    try {
      keys.renewForEver();
    } catch (InterruptedException e) {
      // The worker ends.
    } catch (RuntimeException e) {
      LOG.error("keys can not be renewed; this worker stops", e);
      sound = false;
      stop();
    }
  }

  /// Connects to the control plane under the certificate's identity.
  ///
  /// @throws IOException if a file can not be read
  static Wire wire(WorkerConfig config, RandomGenerator random)
      throws IOException, GeneralSecurityException {
    return new Wire(
        config.controlPlane(),
        Tls.context(config.identity(), config.identityPassword(), config.authority()),
        new Backoff(RETRY_FIRST, RETRY_MOST, random));
  }

  /// SHA-256 of the key in this worker's own certificate.
  static String tlsKeySha256(Path pkcs12, String password)
      throws IOException, GeneralSecurityException {
    return OwnCertificate.read(pkcs12, password)
        .map(WorkerIdentity::keySha256)
        .orElseThrow(() -> new GeneralSecurityException(pkcs12 + " holds no certificate"));
  }

  /// Reads who this worker is from its own certificate.
  static WorkerIdentity identity(Path pkcs12, String password)
      throws IOException, GeneralSecurityException {
    return OwnCertificate.read(pkcs12, password)
        .flatMap(WorkerIdentity::of)
        .orElseThrow(() ->
            new GeneralSecurityException(
                "%s holds no certificate with one airails:// name; issue a worker certificate"
                    .formatted(pkcs12)));
  }
}
