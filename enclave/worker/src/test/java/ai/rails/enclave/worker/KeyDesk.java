package ai.rails.enclave.worker;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import com.google.crypto.tink.subtle.Ed25519Sign;
import com.google.crypto.tink.subtle.Random;

import ai.rails.attestation.WorkerBinding;
import ai.rails.attestation.format.Bytes;
import ai.rails.enclave.release.Released;
import ai.rails.enclave.worker.ProtocolServer.Reply;
import ai.rails.enclave.worker.ProtocolServer.Seen;
import ai.rails.platform.http.Json;
import ai.rails.platform.keys.AttestedKey;
import ai.rails.platform.keys.ContentKey;
import ai.rails.platform.keys.HpkeKeyPair;
import ai.rails.schema.worker.WorkerProtocol.Confirmation;
import ai.rails.schema.worker.WorkerProtocol.Instance;
import ai.rails.schema.worker.WorkerProtocol.KeyPackage;
import ai.rails.schema.worker.WorkerProtocol.Nonce;
import ai.rails.schema.worker.WorkerProtocol.Release;
import ai.rails.schema.worker.WorkerProtocol.ReleaseRequest;
import ai.rails.schema.worker.WorkerProtocol.ReleasedKeys;

/// Releases keys and the artifact, as the control plane does. Fields are what a test bends.
final class KeyDesk {
  final ContentKey workflowKey = generate();
  final Ed25519Sign.KeyPair signing = signing();
  final AtomicInteger releases = new AtomicInteger();
  volatile String sealedFor = Triage.WORKER;
  volatile String releasedDigest = Triage.DIGEST;
  volatile byte[] artifact = Triage.ARTIFACT;
  volatile Duration life = Duration.ofHours(1);
  volatile String tlsKey = "";
  volatile boolean refusing;
  final AtomicInteger policySaysNo = new AtomicInteger();
  final AtomicInteger confirmed = new AtomicInteger();
  private static final byte[] CONFIRMATION = Random.randBytes(32);
  private final Map<String, String> confirmations = new ConcurrentHashMap<>();
  private final Map<String, HpkeKeyPair> ingest = new HashMap<>();
  private final Set<String> nonces = ConcurrentHashMap.newKeySet();
  private final InstantSource clock;

  KeyDesk(InstantSource clock) {
    this.clock = clock;
    for (String key :
        new String[] {Triage.TICKETS, Triage.CHAT, Triage.US, Triage.EU, Released.RELEASE_KEY}) {
      ingest.put(key, pair());
    }
  }

  String signingPublic() {
    return Base64.getEncoder().encodeToString(signing.getPublicKey());
  }

  /// Seals as a client does, to an instance or to the release.
  String seal(String key, byte[] plain, String info) {
    try {
      byte[] sealed =
          HpkeKeyPair.seal(Objects.requireNonNull(ingest.get(key)).publicKey(), plain, info);
      return Base64.getEncoder().encodeToString(sealed);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /// Opens what a worker sealed to an instance.
  String open(String key, String sealed, String info) {
    try {
      byte[] plain =
          Objects.requireNonNull(ingest.get(key)).open(Base64.getDecoder().decode(sealed), info);
      return new String(plain, StandardCharsets.UTF_8);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  Reply nonce() {
    String nonce = Base64.getEncoder().encodeToString(Random.randBytes(32));
    nonces.add(nonce);
    return new Reply(201, new Nonce(nonce, "krs:test", clock.millis() + 60_000));
  }

  Reply release(Seen seen) {
    ReleaseRequest request = seen.as(ReleaseRequest.class);
    if (!nonces.remove(request.nonce()) || !isBound(request)) {
      return Reply.problem(422, "INVALID");
    }
    if (refusing) {
      return Reply.problem(403, "FORBIDDEN");
    }
    if (policySaysNo.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      return Reply.problem(403, "POLICY_UNAVAILABLE");
    }
    try {
      String id = "release-" + releases.incrementAndGet();
      var keys = new HashMap<String, String>();
      for (Map.Entry<String, HpkeKeyPair> entry : ingest.entrySet()) {
        keys.put(
            entry.getKey(), Base64.getEncoder().encodeToString(entry.getValue().exportPrivate()));
      }
      byte[] plain =
          Json.write(
              new ReleasedKeys(
                  Base64.getEncoder().encodeToString(workflowKey.export()),
                  keys,
                  releasedDigest,
                  Base64.getEncoder().encodeToString(CONFIRMATION)));
      long expiresAt = clock.millis() + life.toMillis();
      byte[] evidence = Base64.getDecoder().decode(request.evidence());
      byte[] sealed =
          AttestedKey.seal(
              Base64.getDecoder().decode(request.hpkePublicKey()),
              plain,
              binding(request, sealedFor)
                  .releaseInfo(id, Bytes.copyOf(evidence).sha256().hex(), "platform@1", expiresAt));
      confirmations.put(id, mac(binding(request, Triage.WORKER).confirmation(id)));
      return Reply.ok(
          new KeyPackage(
              id,
              Base64.getEncoder().encodeToString(sealed),
              "SIMULATED",
              "platform@1",
              releases.get(),
              expiresAt));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  Reply confirm(Seen seen) {
    Confirmation said = seen.as(Confirmation.class);
    String expected = confirmations.getOrDefault(said.releaseId(), "");
    if (!expected.equals(said.mac())) {
      return Reply.problem(403, "RELEASE_NOT_CONFIRMED");
    }
    confirmed.incrementAndGet();
    return Reply.nothing();
  }

  /// Evidence that speaks of exactly this request.
  private boolean isBound(ReleaseRequest request) {
    byte[] quote = Base64.getDecoder().decode(request.evidence());
    return Bytes.copyOf(quote).slice(568, 64).equals(binding(request, Triage.WORKER).reportData());
  }

  private WorkerBinding binding(ReleaseRequest request, String worker) {
    return new WorkerBinding(
        "krs:test",
        Triage.TENANT,
        Bench.IDENTITY.environment(),
        worker,
        Triage.DIGEST,
        Bytes.copyOf(Base64.getDecoder().decode(request.nonce())),
        Bytes.copyOf(Base64.getDecoder().decode(request.hpkePublicKey())),
        Bytes.copyOf(HexFormat.of().parseHex(tlsKey)),
        request.runtime(),
        request.policySha256().orElse(""));
  }

  private static String mac(byte[] message) throws GeneralSecurityException {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(CONFIRMATION, "HmacSHA256"));
    return Base64.getEncoder().encodeToString(mac.doFinal(message));
  }

  Reply artifact() {
    try {
      byte[] signature = new Ed25519Sign(signing.getPrivateKey()).sign(artifact);
      return Reply.ok(
          new Release(
              Triage.DIGEST,
              Base64.getEncoder().encodeToString(artifact),
              Base64.getEncoder().encodeToString(signature),
              "publisher-1",
              Map.of(
                  "tickets", instance("servicenow", Triage.TICKETS),
                  "chat", instance("slack", Triage.CHAT),
                  "model", instance("openai", Triage.US),
                  "other", instance("azure", Triage.EU))));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private Instance instance(String connector, String id) {
    String credential =
        seal(
            id,
            "{\"token\":\"secret-of-%s\"}".formatted(id).getBytes(StandardCharsets.UTF_8),
            Released.credentialOf(Triage.TENANT, id));
    return new Instance(
        id,
        connector,
        Triage.pin(connector, id).digest(),
        id + ".example.test",
        443,
        Map.of("channel", "C1", "region", id.endsWith("-eu") ? "eu" : "us"),
        Optional.of(credential));
  }

  private static ContentKey generate() {
    try {
      return ContentKey.generate();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static HpkeKeyPair pair() {
    try {
      return HpkeKeyPair.generate();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Ed25519Sign.KeyPair signing() {
    try {
      return Ed25519Sign.KeyPair.newKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
