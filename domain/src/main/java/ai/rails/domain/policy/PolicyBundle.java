package ai.rails.domain.policy;

/// A policy bundle as its events made it.
///
/// @param contentSha256 of the content in effect, empty before the first
public record PolicyBundle(String contentSha256, String revision) {
  /// Before the first event.
  public static final PolicyBundle NONE = new PolicyBundle("", "");
}
