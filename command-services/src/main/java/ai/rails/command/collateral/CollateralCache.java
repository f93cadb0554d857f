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
import ai.rails.attestation.certificate.RevocationList;
import ai.rails.attestation.collateral.Collateral;
import ai.rails.attestation.format.Bytes;
import ai.rails.attestation.format.Malformed;
import ai.rails.attestation.snp.CertificateTable;
import ai.rails.attestation.verdict.ChipIdentity;
import ai.rails.attestation.verdict.Claims.SigningKey;
import ai.rails.attestation.verdict.PckIdentity;
import ai.rails.attestation.verdict.Tee;
import ai.rails.attestation.verdict.Verdict;
import ai.rails.command.collateral.CollateralStore.Kept;
import ai.rails.command.collateral.CollateralStore.Place;
import ai.rails.command.collateral.IntelService.Issuer;

/// Collateral by platform family or chip, fetched when it is first needed and again after a time.
/// When the service is away the last set serves on; whether it is still valid is for the verifier
/// to say, which knows its dates. A set of a lower evaluation number than one seen before is never
/// taken, also not after a restart. Beside the standard set it keeps the early one. Thread-safe.
public final class CollateralCache implements CollateralSource {
  /// How long a set is used without asking for a newer one.
  static final Duration FRESH = Duration.ofHours(6);

  private static final String STANDARD = "standard";
  private static final String EARLY = "early";
  private static final int MOST_FAMILIES = 128;
  private static final Logger LOG = LoggerFactory.getLogger(CollateralCache.class);

  private final Services services;
  private final TrustRoots roots;
  private final CollateralStore store;
  private final InstantSource clock;
  private final ConcurrentHashMap<Place, Kept> held = new ConcurrentHashMap<>();

  /// Where collateral is fetched.
  ///
  /// @param intel absent where no TDX evidence is judged
  /// @param amd absent where a SEV-SNP host's own table is all there is
  public record Services(Optional<IntelService> intel, Optional<AmdService> amd) {}

  public CollateralCache(
      Services services, TrustRoots roots, CollateralStore store, InstantSource clock) {
    this.services = services;
    this.roots = roots;
    this.store = store;
    this.clock = clock;
  }

  /// The one that knows Intel only.
  public CollateralCache(
      IntelService service, TrustRoots roots, CollateralStore store, InstantSource clock) {
    this(new Services(Optional.of(service), Optional.empty()), roots, store, clock);
  }

  /// Asks a vendor.
  @FunctionalInterface
  private interface Fetch {
    /// @param known the set that is renewed
    Collateral from(Optional<Collateral> known) throws CollateralUnavailable;
  }

  /// Where a set is kept and where it comes from.
  private record Wanted(Place place, Fetch fetch) {}

  @Override
  public Collateral of(Evidence evidence, Optional<Bytes> certificates)
      throws CollateralUnavailable {
    if (evidence.tee() == Tee.TDX) {
      return current(evidence, ofIntel(evidence, STANDARD));
    }
    return services.amd().isPresent()
        ? current(evidence, ofAmd(services.amd().get(), evidence, certificates))
        : table(certificates);
  }

  @Override
  public Optional<Collateral> early(Evidence evidence) {
    if (evidence.tee() == Tee.SEV_SNP) {
      return Optional.empty();
    }
    try {
      return Optional.of(current(evidence, ofIntel(evidence, EARLY)));
    } catch (CollateralUnavailable e) {
      LOG.atDebug().addKeyValue("reason", e.getMessage()).log("no early collateral");
      return Optional.empty();
    }
  }

  private Wanted ofIntel(Evidence evidence, String set) throws CollateralUnavailable {
    IntelService intel =
        services
            .intel()
            .orElseThrow(() ->
                new CollateralUnavailable(
                    "no attestation.pccs.url is set: TDX quotes can not be judged"));
    PckIdentity platform =
        Verifier.platform(evidence, roots)
            .orElseThrow(() ->
                new CollateralUnavailable("the evidence names no platform under a known root"));
    String fmspc = platform.fmspc().hex();
    Issuer issuer = platform.issuer().contains("Processor") ? Issuer.PROCESSOR : Issuer.PLATFORM;
    return new Wanted(
        new Place(fmspc, issuer.name().toLowerCase(Locale.ROOT), set),
        _ -> intel.collateral(fmspc, issuer, set));
  }

  /// A chip's certificate never changes: once it is known only what AMD signs beside it is renewed.
  /// A provider's certificate is what the host shows.
  private static Wanted ofAmd(AmdService amd, Evidence evidence, Optional<Bytes> certificates)
      throws CollateralUnavailable {
    ChipIdentity chip =
        Verifier.chip(evidence)
            .orElseThrow(() ->
                new CollateralUnavailable(
                    "the report names no product, so that nobody can ask AMD for its key;"
                        + " reports of version 3 do"));
    if (chip.signingKey() == SigningKey.VLEK) {
      Bytes shown = table(certificates).endorsementKey();
      return new Wanted(
          new Place(chip.product() + "/" + shown.sha256().hex(), AmdService.kind(chip), STANDARD),
          _ -> amd.collateral(chip, Optional.of(shown)));
    }
    String name = "%s/%s/%s".formatted(chip.product(), chip.hardwareId().hex(), tcb(chip));
    return new Wanted(
        new Place(name, AmdService.kind(chip), STANDARD),
        known -> amd.collateral(chip, known.map(set -> ((Collateral.Snp) set).endorsementKey())));
  }

  private static String tcb(ChipIdentity chip) {
    return "%s.%d.%d.%d.%d"
        .formatted(
            chip.tcb().firmwareManagement().isPresent()
                ? chip.tcb().firmwareManagement().getAsInt()
                : "",
            chip.tcb().bootLoader(),
            chip.tcb().tee(),
            chip.tcb().snp(),
            chip.tcb().microcode());
  }

  private Collateral current(Evidence evidence, Wanted wanted) throws CollateralUnavailable {
    Instant now = clock.instant();
    Kept known = held.get(wanted.place());
    if (known == null) {
      // One under a root that counts no more, or whose dates have ended, is fetched anew.
      known =
          store
              .find(wanted.place())
              .filter(kept -> evaluation(evidence, kept.collateral(), now) > 0)
              .orElse(null);
    }
    if (known != null && now.isBefore(known.fetchedAt().plus(FRESH))) {
      held.putIfAbsent(wanted.place(), known);
      return known.collateral();
    }
    try {
      return renewed(evidence, wanted, known, now);
    } catch (CollateralUnavailable e) {
      if (known == null) {
        throw e;
      }
      LOG.atWarn()
          .addKeyValue("family", wanted.place().fmspc())
          .addKeyValue("set", wanted.place().set())
          .addKeyValue("reason", e.getMessage())
          .log("collateral is not renewed; the last set serves until its dates end");
      return known.collateral();
    }
  }

  private Collateral renewed(Evidence evidence, Wanted wanted, @Nullable Kept known, Instant now)
      throws CollateralUnavailable {
    Collateral fetched = wanted.fetch().from(Optional.ofNullable(known).map(Kept::collateral));
    int evaluation = evaluation(evidence, fetched, now);
    // Only a set that verifies becomes the one to beat; another serves once, for the verdict to
    // name what is wrong with it.
    if (evaluation == 0) {
      return fetched;
    }
    var kept = new Kept(fetched, now, evaluation);
    if ((known != null && evaluation < known.evaluation()) || !store.keep(wanted.place(), kept)) {
      throw new CollateralUnavailable(
          "set %d is older than one that was seen before: a replay".formatted(evaluation));
    }
    if (held.size() < MOST_FAMILIES || known != null) {
      held.put(wanted.place(), kept);
    }
    return fetched;
  }

  /// The set's number, or 0 if the evidence is not accepted by it. AMD numbers nothing: there it is
  /// the minute of the revocation list, so that an older list never takes the place of a newer one.
  private int evaluation(Evidence evidence, Collateral set, Instant now) {
    if (!(Verifier.verify(evidence, set, roots, now) instanceof Verdict.Accepted accepted)) {
      return 0;
    }
    return switch (set) {
      case Collateral.Tdx _ -> accepted.tcb().map(tcb -> tcb.evaluationDataNumber()).orElse(0);
      case Collateral.Snp amd -> amd.revocations().map(CollateralCache::minute).orElse(1);
    };
  }

  private static int minute(Bytes revocations) {
    try {
      return (int) (RevocationList.of(revocations).thisUpdate().getEpochSecond() / 60);
    } catch (Malformed e) {
      throw new IllegalStateException("a revocation list that was verified can be read", e);
    }
  }

  /// Out of the table that a SEV-SNP host gave its guest.
  public static Collateral.Snp table(Optional<Bytes> certificates) throws CollateralUnavailable {
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
