package ai.rails.platform.opa;

/// The highest signed sequence number ever seen of a bundle; below it lies a rollback.
///
/// Safe for use by several threads.
public interface HighWater {
  /// @return 0 if the bundle was never seen
  long get(String bundle);

  /// Raises the mark; a lower number changes nothing.
  void advance(String bundle, long seq);
}
