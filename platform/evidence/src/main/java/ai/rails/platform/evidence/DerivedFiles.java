package ai.rails.platform.evidence;

import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

import ai.rails.domain.checkpoint.Checkpoint;

/// The documents of a bundle that people read: what the entries say, in other words. A pure
/// function, so that a verifier can make them again and refuse those that do not follow.
@FunctionalInterface
public interface DerivedFiles {
  /// None at all.
  DerivedFiles NONE = (scope, checkpoint, entries) -> Map.of();

  /// @param entries may be asked for more than once; each stream is to be closed
  /// @return bytes by path, each path under `data/`
  Map<String, byte[]> files(
      Scope scope, Checkpoint checkpoint, Supplier<Stream<EvidenceEntry>> entries);
}
