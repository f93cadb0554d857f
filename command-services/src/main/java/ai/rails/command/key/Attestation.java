package ai.rails.command.key;

import java.io.IOException;
import java.net.URI;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

import ai.rails.attestation.TrustRoots;
import ai.rails.command.CommandServices.Surroundings;
import ai.rails.command.collateral.AmdService;
import ai.rails.command.collateral.CollateralCache;
import ai.rails.command.collateral.CollateralCache.Services;
import ai.rails.command.collateral.CollateralSource;
import ai.rails.command.collateral.CollateralStore;
import ai.rails.command.collateral.IntelService;
import ai.rails.platform.config.Settings;
import ai.rails.platform.egress.ServiceTunnel;
import ai.rails.platform.egress.ServiceTunnels;

/// How this installation judges evidence: whose roots count, and where collateral comes from.
///
/// @param services where vendors' collateral comes from: `attestation.pccs.url`,
///   `attestation.kds.url`
public record Attestation(EvidenceCheck check, Services services) implements AutoCloseable {
  /// @param store keeps collateral over restarts
  /// @param around signs the tickets with which collateral comes through the egress proxy
  /// @throws IllegalArgumentException if the settings contradict each other
  public static Attestation of(Settings settings, CollateralStore store, Surroundings around)
      throws IOException {
    InstantSource clock = around.clock();
    TrustRoots roots = AttestationTrust.of(settings);
    Function<Set<String>, Optional<ServiceTunnel>> tunnels =
        hosts -> ServiceTunnels.of(settings, hosts, around.ticketKey(), around.ids(), clock);
    var services =
        new Services(
            settings
                .text("attestation.pccs.url")
                .map(address -> new IntelService(URI.create(address), tunnels)),
            settings
                .text("attestation.kds.url")
                .map(address -> new AmdService(URI.create(address), tunnels, clock)));
    CollateralSource collateral = new CollateralCache(services, roots, store, clock);
    String audience = "krs:" + settings.text("cell.domain", settings.required("cell.id"));
    return new Attestation(
        new EvidenceCheck(roots, collateral, GpuEvidence.NOTHING_VERIFIED, audience), services);
  }

  @Override
  public void close() {
    services.intel().ifPresent(IntelService::close);
    services.amd().ifPresent(AmdService::close);
  }
}
