package ai.rails.command.key;

import java.io.IOException;
import java.net.URI;
import java.time.InstantSource;
import java.util.Optional;

import ai.rails.attestation.TrustRoots;
import ai.rails.attestation.verdict.Tee;
import ai.rails.command.collateral.CollateralCache;
import ai.rails.command.collateral.CollateralSource;
import ai.rails.command.collateral.CollateralUnavailable;
import ai.rails.command.collateral.IntelService;
import ai.rails.platform.config.Settings;

/// How this installation judges evidence: whose roots count, and where collateral comes from.
///
/// @param service where Intel's collateral comes from; absent where `attestation.pccs.url` is
public record Attestation(EvidenceCheck check, Optional<IntelService> service)
    implements AutoCloseable {
  /// @throws IllegalArgumentException if the settings contradict each other
  public static Attestation of(Settings settings, InstantSource clock) throws IOException {
    TrustRoots roots = AttestationTrust.of(settings);
    Optional<IntelService> service =
        settings.text("attestation.pccs.url").map(URI::create).map(IntelService::new);
    CollateralSource collateral =
        service
            .<CollateralSource>map(from -> new CollateralCache(from, roots, clock))
            .orElse((evidence, certificates) -> {
              if (evidence.tee() == Tee.SEV_SNP) {
                return CollateralCache.table(certificates);
              }
              throw new CollateralUnavailable(
                  "no attestation.pccs.url is set: TDX quotes can not be judged");
            });
    String audience = "krs:" + settings.text("cell.domain", settings.required("cell.id"));
    return new Attestation(new EvidenceCheck(roots, collateral, audience), service);
  }

  @Override
  public void close() {
    service.ifPresent(IntelService::close);
  }
}
