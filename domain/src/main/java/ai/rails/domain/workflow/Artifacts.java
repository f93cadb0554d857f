package ai.rails.domain.workflow;

/// Compiled workflows by the digest of their artifact. Because the name is the content's hash, a
/// lookup is a pure function.
public interface Artifacts {
  /// Loads and checks an artifact; every load checks digest and signature.
  ///
  /// @param digest `sha256:` and 64 hex digits
  /// @throws ai.rails.domain.Refused with NOT_FOUND or ARTIFACT_ALTERED
  Workflow load(String tenant, String digest);
}
