package ai.rails.command.collateral;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.attestation.Evidence;
import ai.rails.attestation.TrustRoots;
import ai.rails.attestation.Verifier;
import ai.rails.attestation.collateral.Collateral;
import ai.rails.attestation.format.Bytes;
import ai.rails.attestation.format.Malformed;
import ai.rails.attestation.snp.CertificateTable;
import ai.rails.attestation.verdict.PckIdentity;
import ai.rails.attestation.verdict.Tee;
import ai.rails.attestation.verdict.Verdict;

/// Collateral by platform family, fetched when it is first needed and again after a time. When the
/// service is away the last set serves on; whether it is still valid is for the verifier to say,
/// which knows its dates. A set of a lower evaluation number than one seen before is never taken.
/// Thread-safe.
public final class CollateralCache implements CollateralSource {
  /// How long a set is used without asking for a newer one.
  static final Duration FRESH = Duration.ofHours(6);

  private static final int MOST_FAMILIES = 64;
  private static final Logger LOG = LoggerFactory.getLogger(CollateralCache.class);

  private final IntelService service;
  private final TrustRoots roots;
  private final InstantSource clock;
  private final ConcurrentHashMap<Family, Held> held = new ConcurrentHashMap<>();

  public CollateralCache(IntelService service, TrustRoots roots, InstantSource clock) {
    this.service = service;
    this.roots = roots;
    this.clock = clock;
  }

  private record Family(String fmspc, IntelService.Issuer issuer) {}

  private record Held(Collateral.Tdx collateral, Instant fetchedAt, int evaluation) {}

  @Override
  public Collateral of(Evidence evidence, Optional<Bytes> certificates)
      throws CollateralUnavailable {
    if (evidence.tee() == Tee.SEV_SNP) {
      return table(certificates);
    }
    Family family = family(evidence);
    Held known = held.get(family);
    Instant now = clock.instant();
    if (known != null && now.isBefore(known.fetchedAt().plus(FRESH))) {
      return known.collateral();
    }
    try {
      return renewed(evidence, family, known, now);
    } catch (CollateralUnavailable e) {
      if (known == null) {
        throw e;
      }
      LOG.atWarn()
          .addKeyValue("fmspc", family.fmspc())
          .addKeyValue("reason", e.getMessage())
          .log("collateral is not renewed; the last set serves until its dates end");
      return known.collateral();
    }
  }

  private Collateral renewed(Evidence evidence, Family family, @Nullable Held known, Instant now)
      throws CollateralUnavailable {
    Collateral.Tdx fetched = service.collateral(family.fmspc(), family.issuer());
    int evaluation =
        Verifier.verify(evidence, fetched, roots, now) instanceof Verdict.Accepted accepted
            ? accepted.tcb().map(tcb -> tcb.evaluationDataNumber()).orElse(0)
            : 0;
    if (known != null && evaluation > 0 && evaluation < known.evaluation()) {
      throw new CollateralUnavailable(
          "set %d is older than set %d, which was seen before: a replay"
              .formatted(evaluation, known.evaluation()));
    }
    // Only a set that verifies becomes the one to beat; another serves once, for the verdict to
    // name what is wrong with it.
    if (evaluation > 0 && (held.size() < MOST_FAMILIES || known != null)) {
      held.put(family, new Held(fetched, now, evaluation));
    }
    return fetched;
  }

  private Family family(Evidence evidence) throws CollateralUnavailable {
    PckIdentity platform =
        Verifier.platform(evidence, roots)
            .orElseThrow(() ->
                new CollateralUnavailable("the evidence names no platform under a known root"));
    return new Family(
        platform.fmspc().hex(),
        platform.issuer().contains("Processor")
            ? IntelService.Issuer.PROCESSOR
            : IntelService.Issuer.PLATFORM);
  }

  /// Out of the table that a SEV-SNP host gave its guest.
  public static Collateral table(Optional<Bytes> certificates) throws CollateralUnavailable {
    try {
      return CertificateTable.collateral(
          certificates.orElseThrow(() ->
              new CollateralUnavailable(
                  "the host gave the guest no certificates; load them into its table")));
    } catch (Malformed e) {
      throw new CollateralUnavailable("the host's certificate table: " + e.getMessage(), e);
    }
  }
}
