package ai.rails.command.collateral;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
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
import ai.rails.command.collateral.CollateralStore.Kept;
import ai.rails.command.collateral.CollateralStore.Place;

/// Collateral by platform family, fetched when it is first needed and again after a time. When the
/// service is away the last set serves on; whether it is still valid is for the verifier to say,
/// which knows its dates. A set of a lower evaluation number than one seen before is never taken,
/// also not after a restart. Beside the standard set it keeps the early one. Thread-safe.
public final class CollateralCache implements CollateralSource {
  /// How long a set is used without asking for a newer one.
  static final Duration FRESH = Duration.ofHours(6);

  private static final String STANDARD = "standard";
  private static final String EARLY = "early";
  private static final int MOST_FAMILIES = 128;
  private static final Logger LOG = LoggerFactory.getLogger(CollateralCache.class);

  private final IntelService service;
  private final TrustRoots roots;
  private final CollateralStore store;
  private final InstantSource clock;
  private final ConcurrentHashMap<Place, Kept> held = new ConcurrentHashMap<>();

  public CollateralCache(
      IntelService service, TrustRoots roots, CollateralStore store, InstantSource clock) {
    this.service = service;
    this.roots = roots;
    this.store = store;
    this.clock = clock;
  }

  private record Family(String fmspc, IntelService.Issuer issuer) {
    Place place(String set) {
      return new Place(fmspc, issuer.name().toLowerCase(Locale.ROOT), set);
    }
  }

  @Override
  public Collateral of(Evidence evidence, Optional<Bytes> certificates)
      throws CollateralUnavailable {
    if (evidence.tee() == Tee.SEV_SNP) {
      return table(certificates);
    }
    return current(evidence, family(evidence), STANDARD);
  }

  @Override
  public Optional<Collateral> early(Evidence evidence) {
    if (evidence.tee() == Tee.SEV_SNP) {
      return Optional.empty();
    }
    try {
      return Optional.of(current(evidence, family(evidence), EARLY));
    } catch (CollateralUnavailable e) {
      LOG.atDebug().addKeyValue("reason", e.getMessage()).log("no early collateral");
      return Optional.empty();
    }
  }

  private Collateral current(Evidence evidence, Family family, String set)
      throws CollateralUnavailable {
    Instant now = clock.instant();
    Kept known = held.get(family.place(set));
    if (known == null) {
      // One under a root that counts no more, or whose dates have ended, is fetched anew.
      known =
          store
              .find(family.place(set))
              .filter(kept -> evaluation(evidence, kept.collateral(), now) > 0)
              .orElse(null);
    }
    if (known != null && now.isBefore(known.fetchedAt().plus(FRESH))) {
      held.putIfAbsent(family.place(set), known);
      return known.collateral();
    }
    try {
      return renewed(evidence, family, set, known, now);
    } catch (CollateralUnavailable e) {
      if (known == null) {
        throw e;
      }
      LOG.atWarn()
          .addKeyValue("fmspc", family.fmspc())
          .addKeyValue("set", set)
          .addKeyValue("reason", e.getMessage())
          .log("collateral is not renewed; the last set serves until its dates end");
      return known.collateral();
    }
  }

  private Collateral renewed(
      Evidence evidence, Family family, String set, @Nullable Kept known, Instant now)
      throws CollateralUnavailable {
    Collateral.Tdx fetched = service.collateral(family.fmspc(), family.issuer(), set);
    int evaluation = evaluation(evidence, fetched, now);
    // Only a set that verifies becomes the one to beat; another serves once, for the verdict to
    // name what is wrong with it.
    if (evaluation == 0) {
      return fetched;
    }
    var kept = new Kept(fetched, now, evaluation);
    if ((known != null && evaluation < known.evaluation())
        || !store.keep(family.place(set), kept)) {
      throw new CollateralUnavailable(
          "set %d is older than one that was seen before: a replay".formatted(evaluation));
    }
    if (held.size() < MOST_FAMILIES || known != null) {
      held.put(family.place(set), kept);
    }
    return fetched;
  }

  /// The set's number, or 0 if the evidence is not accepted by it.
  private int evaluation(Evidence evidence, Collateral.Tdx set, Instant now) {
    return Verifier.verify(evidence, set, roots, now) instanceof Verdict.Accepted accepted
        ? accepted.tcb().map(tcb -> tcb.evaluationDataNumber()).orElse(0)
        : 0;
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
