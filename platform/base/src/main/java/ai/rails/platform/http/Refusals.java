package ai.rails.platform.http;

/// Told of every authenticated request that was refused for what it asked, so that it can be
/// recorded.
@FunctionalInterface
public interface Refusals {
  /// For servers that record nothing, such as a read side, which reports elsewhere.
  Refusals UNRECORDED = (_, _, _, _) -> {};

  /// Must not throw and must not keep the request waiting for long.
  ///
  /// @param resource id that was asked for, as given in the path, not yet checked
  /// @param code the problem's code
  void refused(Principal principal, Route route, String resource, String code);
}
