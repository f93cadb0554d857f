package ai.rails.enclave.release;

import java.security.GeneralSecurityException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import ai.rails.attestation.WorkerBinding;
import ai.rails.attestation.evidence.EvidenceSource.Gathered;
import ai.rails.attestation.evidence.EvidenceUnavailable;
import ai.rails.attestation.format.Bytes;
import ai.rails.enclave.content.Digests;
import ai.rails.platform.http.Json;
import ai.rails.platform.http.Problem;
import ai.rails.platform.keys.AttestedKey;
import ai.rails.platform.keys.ContentKey;
import ai.rails.platform.keys.HpkeKeyPair;
import ai.rails.schema.worker.WorkerProtocol.Confirmation;
import ai.rails.schema.worker.WorkerProtocol.KeyPackage;
import ai.rails.schema.worker.WorkerProtocol.Nonce;
import ai.rails.schema.worker.WorkerProtocol.ReleaseRequest;
import ai.rails.schema.worker.WorkerProtocol.ReleasedKeys;

/// Asks for keys: nonce, evidence over a key made for this request alone, a package that only this
/// key opens, and the confirmation that it did.
public final class KeyRelease {
  private final KeySource source;
  private final AttestedSelf self;
  private final InstantSource clock;

  /// @param self a package for another worker, or another workflow version, does not open
  public KeyRelease(KeySource source, AttestedSelf self, InstantSource clock) {
    this.source = source;
    this.self = self;
    this.clock = clock;
  }

  /// Obtains a fresh release.
  ///
  /// @throws ReleaseRefused if there is no evidence to show, or the package is for another worker
  ///   or another workflow version, or has expired
  public Released obtain() throws InterruptedException {
    try {
      AttestedKey key = AttestedKey.generate();
      Nonce nonce = source.nonce();
      WorkerBinding binding =
          self.binding(
              nonce.audience(),
              Bytes.copyOf(Base64.getDecoder().decode(nonce.nonce())),
              Bytes.copyOf(key.publicKey()),
              Bytes.copyOf(HexFormat.of().parseHex(self.tlsKeySha256())));
      Gathered gathered = self.evidence().gather(binding.reportData());
      KeyPackage sealed = source.release(request(nonce, gathered, binding));
      return open(sealed, key, binding, gathered.evidence().content().sha256().hex());
    } catch (EvidenceUnavailable e) {
      throw new ReleaseRefused("nothing attests this worker: " + e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new ReleaseRefused("the control plane's nonce is malformed", e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no HPKE key can be made", e);
    }
  }

  private ReleaseRequest request(Nonce nonce, Gathered gathered, WorkerBinding binding) {
    return new ReleaseRequest(
        nonce.nonce(),
        gathered.evidence().tee().label(),
        base64(gathered.evidence().content()),
        gathered.certificates().map(KeyRelease::base64),
        base64(binding.hpkePublicKey()),
        self.runtime(),
        self.policySha256(),
        Optional.empty());
  }

  private Released open(
      KeyPackage sealed, AttestedKey key, WorkerBinding binding, String evidenceSha256)
      throws InterruptedException {
    Instant expiresAt = Instant.ofEpochMilli(sealed.expiresAt());
    if (!expiresAt.isAfter(clock.instant())) {
      throw new ReleaseRefused(
          "release %s expired at %s; compare this machine's clock with the control plane's"
              .formatted(sealed.releaseId(), expiresAt));
    }
    ReleasedKeys keys = keys(sealed, key, binding, evidenceSha256);
    String artifactDigest = self.identity().artifactDigest();
    if (!Digests.same(keys.artifactDigest(), artifactDigest)) {
      throw new ReleaseRefused(
          "release %s is for workflow version %s, this worker is bound to %s"
              .formatted(sealed.releaseId(), keys.artifactDigest(), artifactDigest));
    }
    Released released = released(sealed, keys, expiresAt);
    confirm(sealed, keys, binding);
    return released;
  }

  private static Released released(KeyPackage sealed, ReleasedKeys keys, Instant expiresAt) {
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

  private void confirm(KeyPackage sealed, ReleasedKeys keys, WorkerBinding binding)
      throws InterruptedException {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(Base64.getDecoder().decode(keys.confirmationKey()), "HmacSHA256"));
      source.confirm(
          new Confirmation(
              sealed.releaseId(),
              Base64.getEncoder()
                  .encodeToString(mac.doFinal(binding.confirmation(sealed.releaseId())))));
    } catch (IllegalArgumentException | GeneralSecurityException e) {
      throw new ReleaseRefused(
          "release %s has no confirmation key".formatted(sealed.releaseId()), e);
    }
  }

  private ReleasedKeys keys(
      KeyPackage sealed, AttestedKey key, WorkerBinding binding, String evidenceSha256) {
    byte[] info =
        binding.releaseInfo(
            sealed.releaseId(), evidenceSha256, sealed.policyRevision(), sealed.expiresAt());
    byte[] plain;
    try {
      plain = key.open(Base64.getDecoder().decode(sealed.sealed()), info);
    } catch (IllegalArgumentException | GeneralSecurityException e) {
      throw new ReleaseRefused(
          "release %s does not open for worker %s: it is sealed to another worker or was altered"
              .formatted(sealed.releaseId(), self.identity().worker()),
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

  private static String base64(Bytes bytes) {
    return Base64.getEncoder().encodeToString(bytes.toArray());
  }
}
