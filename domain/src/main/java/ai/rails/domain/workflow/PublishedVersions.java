package ai.rails.domain.workflow;

import java.util.Map;
import java.util.Set;

/// The versions of one workflow.
///
/// @param digests version to artifact digest
/// @param refused digests that were found altered
/// @param active environment to the version that new runs start on
public record PublishedVersions(
    Map<String, String> digests, Set<String> refused, Map<String, String> active) {
  /// Before the first event.
  public static final PublishedVersions NONE = new PublishedVersions(Map.of(), Set.of(), Map.of());

  public PublishedVersions {
    digests = Map.copyOf(digests);
    refused = Set.copyOf(refused);
    active = Map.copyOf(active);
  }
}
