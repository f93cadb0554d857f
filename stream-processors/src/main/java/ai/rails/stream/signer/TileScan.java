package ai.rails.stream.signer;

import java.util.List;
import java.util.Optional;

/// Proves from the tiles topics that a log grew between two sizes, where the signer remembers
/// neither. It reads a whole partition, so it is for a witness that was away. Thread-safe.
@FunctionalInterface
interface TileScan {
  /// @return empty if the tiles are not all there
  Optional<List<byte[]>> consistency(LogName log, long old, long size);
}
