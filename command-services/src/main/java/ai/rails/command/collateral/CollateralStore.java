package ai.rails.command.collateral;

import java.time.Instant;
import java.util.Optional;

import ai.rails.attestation.collateral.Collateral;

/// Keeps collateral over restarts, and with it the highest evaluation number that was seen.
public interface CollateralStore {
  /// What a set is for: a platform family, its CA, and `standard` or `early`; or a chip and its
  /// TCB, and whose key.
  record Place(String fmspc, String ca, String set) {}

  /// A set and when it was fetched.
  record Kept(Collateral collateral, Instant fetchedAt, int evaluation) {}

  Optional<Kept> find(Place place);

  /// @return false, and nothing changes, if a set of a higher number is kept
  boolean keep(Place place, Kept kept);

  /// For where nothing outlives a restart.
  static CollateralStore none() {
    return new CollateralStore() {
      @Override
      public Optional<Kept> find(Place place) {
        return Optional.empty();
      }

      @Override
      public boolean keep(Place place, Kept kept) {
        return true;
      }
    };
  }
}
