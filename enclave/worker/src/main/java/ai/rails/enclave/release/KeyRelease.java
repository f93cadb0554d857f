package ai.rails.enclave.release;

import java.security.GeneralSecurityException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

import ai.rails.enclave.content.Digests;
import ai.rails.platform.http.Json;
import ai.rails.platform.http.Problem;
import ai.rails.platform.keys.ContentKey;
import ai.rails.platform.keys.HpkeKeyPair;
import ai.rails.schema.worker.WorkerProtocol.KeyPackage;
import ai.rails.schema.worker.WorkerProtocol.Nonce;
import ai.rails.schema.worker.WorkerProtocol.ReleaseRequest;
import ai.rails.schema.worker.WorkerProtocol.ReleasedKeys;

/// Asks for keys: nonce, evidence over a key made for this request alone, and a package that only
/// this key opens.
public final class KeyRelease {
  private final KeySource source;
  private final Evidence evidence;
  private final String worker;
  private final String artifactDigest;
  private final InstantSource clock;

  /// @param worker this worker's id; a package for another one does not open
  /// @param artifactDigest the only workflow version that this worker runs
  public KeyRelease(
      KeySource source,
      Evidence evidence,
      String worker,
      String artifactDigest,
      InstantSource clock) {
    this.source = source;
    this.evidence = evidence;
    this.worker = worker;
    this.artifactDigest = artifactDigest;
    this.clock = clock;
  }

  /// Obtains a fresh release.
  ///
  /// @throws ReleaseRefused if the package is for another worker or another workflow version, or
  ///   has expired
  public Released obtain() throws InterruptedException {
    try {
      HpkeKeyPair key = HpkeKeyPair.generate();
      Nonce nonce = source.nonce();
      String publicKey = Base64.getEncoder().encodeToString(key.publicKey());
      KeyPackage sealed =
          source.release(
              new ReleaseRequest(
                  nonce.nonce(),
                  evidence.kind(),
                  evidence.of(nonce.nonce(), publicKey),
                  publicKey));
      return open(sealed, key);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no HPKE key can be made", e);
    }
  }

  private Released open(KeyPackage sealed, HpkeKeyPair key) {
    Instant expiresAt = Instant.ofEpochMilli(sealed.expiresAt());
    if (!expiresAt.isAfter(clock.instant())) {
      throw new ReleaseRefused(
          "release %s expired at %s; compare this machine's clock with the control plane's"
              .formatted(sealed.releaseId(), expiresAt));
    }
    ReleasedKeys keys = keys(sealed, key);
    if (!Digests.same(keys.artifactDigest(), artifactDigest)) {
      throw new ReleaseRefused(
          "release %s is for workflow version %s, this worker is bound to %s"
              .formatted(sealed.releaseId(), keys.artifactDigest(), artifactDigest));
    }
    try {
      return new Released(
          sealed.releaseId(),
          ContentKey.of(Base64.getDecoder().decode(keys.workflowKey())),
          ingestKeys(keys),
          keys.artifactDigest(),
          sealed.leaseEpoch(),
          expiresAt);
    } catch (IllegalArgumentException | GeneralSecurityException e) {
      throw new ReleaseRefused("release %s holds a malformed key".formatted(sealed.releaseId()), e);
    }
  }

  private ReleasedKeys keys(KeyPackage sealed, HpkeKeyPair key) {
    String info = "airails|1|release|%s|%s".formatted(worker, sealed.releaseId());
    byte[] plain;
    try {
      plain = key.open(Base64.getDecoder().decode(sealed.sealed()), info);
    } catch (IllegalArgumentException | GeneralSecurityException e) {
      throw new ReleaseRefused(
          "release %s does not open for worker %s: it is sealed to another worker or was altered"
              .formatted(sealed.releaseId(), worker),
          e);
    }
    try {
      return Json.read(plain, ReleasedKeys.class);
    } catch (Problem e) {
      throw new ReleaseRefused("release %s is malformed".formatted(sealed.releaseId()), e);
    } finally {
      Arrays.fill(plain, (byte) 0);
    }
  }

  private static Map<String, HpkeKeyPair> ingestKeys(ReleasedKeys keys)
      throws GeneralSecurityException {
    var pairs = new HashMap<String, HpkeKeyPair>();
    for (Map.Entry<String, String> entry : keys.ingestKeys().entrySet()) {
      pairs.put(entry.getKey(), HpkeKeyPair.of(Base64.getDecoder().decode(entry.getValue())));
    }
    return pairs;
  }
}
