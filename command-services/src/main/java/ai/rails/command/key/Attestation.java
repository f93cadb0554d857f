package ai.rails.command.key;

import java.io.IOException;
import java.net.URI;
import java.time.InstantSource;
import java.util.Optional;

import ai.rails.attestation.TrustRoots;
import ai.rails.attestation.verdict.Tee;
import ai.rails.command.CommandServices.Surroundings;
import ai.rails.command.collateral.CollateralCache;
import ai.rails.command.collateral.CollateralSource;
import ai.rails.command.collateral.CollateralStore;
import ai.rails.command.collateral.CollateralUnavailable;
import ai.rails.command.collateral.IntelService;
import ai.rails.platform.config.Settings;
import ai.rails.platform.egress.ServiceTunnels;

/// How this installation judges evidence: whose roots count, and where collateral comes from.
///
/// @param service where Intel's collateral comes from; absent where `attestation.pccs.url` is
public record Attestation(EvidenceCheck check, Optional<IntelService> service)
    implements AutoCloseable {
  /// @param store keeps collateral over restarts
  /// @param around signs the tickets with which collateral comes through the egress proxy
  /// @throws IllegalArgumentException if the settings contradict each other
  public static Attestation of(Settings settings, CollateralStore store, Surroundings around)
      throws IOException {
    InstantSource clock = around.clock();
    TrustRoots roots = AttestationTrust.of(settings);
    Optional<IntelService> service =
        settings
            .text("attestation.pccs.url")
            .map(URI::create)
            .map(address ->
                new IntelService(
                    address,
                    hosts ->
                        ServiceTunnels.of(
                            settings, hosts, around.ticketKey(), around.ids(), clock)));
    CollateralSource collateral =
        service
            .<CollateralSource>map(from -> new CollateralCache(from, roots, store, clock))
            .orElse((evidence, certificates) -> {
              if (evidence.tee() == Tee.SEV_SNP) {
                return CollateralCache.table(certificates);
              }
              throw new CollateralUnavailable(
                  "no attestation.pccs.url is set: TDX quotes can not be judged");
            });
    String audience = "krs:" + settings.text("cell.domain", settings.required("cell.id"));
    return new Attestation(
        new EvidenceCheck(roots, collateral, GpuEvidence.NOTHING_VERIFIED, audience), service);
  }

  @Override
  public void close() {
    service.ifPresent(IntelService::close);
  }
}
