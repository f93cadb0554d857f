package ai.rails.platform.workflow;

import ai.rails.domain.workflow.Workflow;

/// A compiled workflow.
///
/// @param artifactBytes canonical JSON; never changed
/// @param digest `sha256:` and 64 hex digits of the artifact's bytes
/// @param manifestBytes canonical JSON of what a deployment needs
/// @param manifestDigest of the manifest's bytes
@SuppressWarnings("ArrayRecordComponent") // never compared
public record Compiled(
    Workflow workflow,
    byte[] artifactBytes,
    String digest,
    byte[] manifestBytes,
    String manifestDigest) {}
