package ai.rails.platform.workflow;

import java.util.Map;

import ai.rails.domain.workflow.Workflow;

/// A compiled workflow.
///
/// @param artifactBytes canonical JSON; never changed
/// @param digest `sha256:` and 64 hex digits of the artifact's bytes
/// @param manifestBytes canonical JSON of what a deployment needs
/// @param manifestDigest of the manifest's bytes
/// @param places where steps and connectors stand, by `steps.ID` and `connectors.ALIAS`
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Compiled(
    Workflow workflow,
    byte[] artifactBytes,
    String digest,
    byte[] manifestBytes,
    String manifestDigest,
    Map<String, SourcePlace> places) {
  public Compiled {
    places = Map.copyOf(places);
  }
}
