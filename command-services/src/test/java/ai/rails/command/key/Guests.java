package ai.rails.command.key;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import ai.rails.attestation.Evidence;
import ai.rails.attestation.Guest;
import ai.rails.attestation.TrustRoots;
import ai.rails.attestation.WorkerBinding;
import ai.rails.attestation.collateral.Collateral;
import ai.rails.attestation.evidence.EvidenceUnavailable;
import ai.rails.attestation.evidence.KernelReports;
import ai.rails.attestation.format.Bytes;
import ai.rails.attestation.format.Malformed;
import ai.rails.command.collateral.CollateralSource;
import ai.rails.command.http.Office;
import ai.rails.domain.policy.Decision;
import ai.rails.domain.policy.Decision.Effect;
import ai.rails.domain.worker.WorkerEvent.KeyReleaseRefused;
import ai.rails.platform.http.Json;
import ai.rails.platform.http.WorkerIdentity;
import ai.rails.platform.keys.AttestedKey;
import ai.rails.platform.opa.DecisionRequest;
import ai.rails.schema.worker.WorkerProtocol.Confirmation;
import ai.rails.schema.worker.WorkerProtocol.KeyPackage;
import ai.rails.schema.worker.WorkerProtocol.Nonce;
import ai.rails.schema.worker.WorkerProtocol.ReleaseRequest;
import ai.rails.schema.worker.WorkerProtocol.ReleasedKeys;
import ai.rails.simulator.DevelopmentIntel;
import ai.rails.simulator.SimulatedImage;
import ai.rails.simulator.SimulatedTd;
import ai.rails.simulator.Td;

/// Simulated guests, and the service's view of their platform, at noon.
final class Guests {
  static final List<DecisionRequest> ASKED = new CopyOnWriteArrayList<>();
  static final String REVISION = "platform@1+seq.1.sha256." + "a".repeat(16);
  static final String AUDIENCE = "krs:test";
  static final String TLS_KEY = "7".repeat(64);
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final AtomicInteger NAMES = new AtomicInteger();

  final DevelopmentIntel intel = DevelopmentIntel.create(Office.NOON, RANDOM);
  private final Set<DevelopmentIntel.Fault> faults = EnumSet.noneOf(DevelopmentIntel.Fault.class);
  private Instant issued = Office.NOON.minus(Duration.ofMinutes(1));

  /// With the set that will be standard next, in which the platform is out of date.
  EvidenceCheck forewarned() throws Malformed {
    var both =
        new CollateralSource() {
          @Override
          public Collateral of(Evidence evidence, Optional<Bytes> certificates) {
            return collateral();
          }

          @Override
          public Optional<Collateral> early(Evidence evidence) {
            return Optional.of(
                intel.collateral(
                    issued,
                    issued.plus(Duration.ofDays(30)),
                    EnumSet.of(DevelopmentIntel.Fault.PLATFORM_OUT_OF_DATE)));
          }
        };
    return new EvidenceCheck(
        TrustRoots.of(List.of(intel.root())), both, GpuEvidence.NOTHING_VERIFIED, AUDIENCE);
  }

  EvidenceCheck check() throws Malformed {
    return new EvidenceCheck(
        TrustRoots.of(List.of(intel.root())),
        (_, _) -> collateral(),
        GpuEvidence.NOTHING_VERIFIED,
        AUDIENCE);
  }

  private Collateral collateral() {
    return intel.collateral(issued, issued.plus(Duration.ofDays(30)), faults);
  }

  Guests with(DevelopmentIntel.Fault fault) {
    faults.add(fault);
    return this;
  }

  Guests collateralOf(Instant time) {
    issued = time;
    return this;
  }

  /// One request's way, to be bent by a test.
  static final class Ask {
    final WorkerIdentity identity;
    final AttestedKey key;
    final SimulatedTd guest;
    String audience = AUDIENCE;
    String tlsKey = TLS_KEY;
    Optional<String> policy = Optional.empty();

    Ask(Guests guests, WorkerIdentity identity) throws GeneralSecurityException {
      this.identity = identity;
      this.key = AttestedKey.generate();
      this.guest =
          new SimulatedTd(guests.intel.platform(), SimulatedImage.launched(config()), RANDOM);
    }

    Bytes config() {
      return Guest.mrConfigId(identity.tenant(), identity.environment(), identity.artifactDigest());
    }

    Ask as(Td td) {
      guest.become(td);
      return this;
    }

    WorkerBinding binding(String nonce) throws GeneralSecurityException {
      return new WorkerBinding(
          audience,
          identity.tenant(),
          identity.environment(),
          identity.worker(),
          identity.artifactDigest(),
          Bytes.copyOf(Base64.getDecoder().decode(nonce)),
          Bytes.copyOf(key.publicKey()),
          Bytes.copyOf(HexFormat.of().parseHex(tlsKey)),
          "test/1",
          policy.orElse(""));
    }

    ReleaseRequest request(Nonce nonce) throws GeneralSecurityException, EvidenceUnavailable {
      var source = new KernelReports(guest.reports(), () -> "r" + NAMES.incrementAndGet());
      Bytes quote = source.gather(binding(nonce.nonce()).reportData()).evidence().content();
      return new ReleaseRequest(
          nonce.nonce(),
          "TDX",
          Base64.getEncoder().encodeToString(quote.toArray()),
          Optional.empty(),
          Base64.getEncoder().encodeToString(key.publicKey()),
          "test/1",
          policy,
          Optional.empty());
    }

    ReleasedKeys open(ReleaseRequest asked, KeyPackage sealed) throws GeneralSecurityException {
      String evidence = Bytes.copyOf(Base64.getDecoder().decode(asked.evidence())).sha256().hex();
      return Json.read(
          key.open(
              Base64.getDecoder().decode(sealed.sealed()),
              binding(asked.nonce())
                  .releaseInfo(
                      sealed.releaseId(), evidence, sealed.policyRevision(), sealed.expiresAt())),
          ReleasedKeys.class);
    }

    Confirmation confirmation(ReleaseRequest asked, KeyPackage sealed)
        throws GeneralSecurityException {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(
          new SecretKeySpec(
              Base64.getDecoder().decode(open(asked, sealed).confirmationKey()), "HmacSHA256"));
      return new Confirmation(
          sealed.releaseId(),
          Base64.getEncoder()
              .encodeToString(
                  mac.doFinal(binding(asked.nonce()).confirmation(sealed.releaseId()))));
    }
  }

  static Decision decision(DecisionRequest asked, Effect effect, Optional<String> unavailable) {
    ASKED.add(asked);
    return new Decision(
        "d" + ASKED.size(),
        asked.entryPoint(),
        effect,
        List.of("because"),
        List.of(),
        "{}",
        "a".repeat(64),
        Map.of("platform", REVISION),
        Map.of(),
        unavailable,
        Optional.empty());
  }

  static ai.rails.command.workflow.StoredArtifacts fresh(Office office) {
    return new ai.rails.command.workflow.StoredArtifacts(
        office.store.app(),
        office.signing,
        new ai.rails.command.http.TestCompiler(),
        new ai.rails.command.workflow.ArtifactAlarm(() -> office.bus, office.ids));
  }

  static KeyReleaseRefused lastRefusal(Office office, String worker) {
    return office.bus.history("t1", "Worker", worker).stream()
        .map(recorded -> recorded.event())
        .filter(KeyReleaseRefused.class::isInstance)
        .map(KeyReleaseRefused.class::cast)
        .reduce((_, later) -> later)
        .orElseThrow();
  }
}
