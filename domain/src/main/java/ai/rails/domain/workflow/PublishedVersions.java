package ai.rails.domain.workflow;

import java.util.Map;
import java.util.Set;

/// The versions of one workflow.
///
/// @param digests version to artifact digest
/// @param refused digests that were found altered
public record PublishedVersions(Map<String, String> digests, Set<String> refused) {
  /// Before the first event.
  public static final PublishedVersions NONE = new PublishedVersions(Map.of(), Set.of());

  public PublishedVersions {
    digests = Map.copyOf(digests);
    refused = Set.copyOf(refused);
  }
}
