package ai.rails.command.collateral;

import java.util.Optional;

import ai.rails.attestation.Evidence;
import ai.rails.attestation.collateral.Collateral;
import ai.rails.attestation.format.Bytes;

/// Where collateral comes from. It is signed, so its way is not trusted; which set is used is our
/// choice.
@FunctionalInterface
public interface CollateralSource {
  /// @param certificates SEV-SNP: what the host handed the guest
  /// @throws CollateralUnavailable if there is none that fits
  Collateral of(Evidence evidence, Optional<Bytes> certificates) throws CollateralUnavailable;

  /// The set by which Intel will judge the same platform soon, where there is one.
  default Optional<Collateral> early(Evidence evidence) {
    return Optional.empty();
  }
}
