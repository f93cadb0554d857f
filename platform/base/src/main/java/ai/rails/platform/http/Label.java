package ai.rails.platform.http;

/// What a caller may expect of an answer.
public enum Label {
  /// Read from, or written to, the store itself.
  STRONG,
  /// Read from a projection, which follows the store; `?atLeast=` waits for a position.
  EVENTUAL
}
