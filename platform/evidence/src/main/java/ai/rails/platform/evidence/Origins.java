package ai.rails.platform.evidence;

import ai.rails.domain.ledger.Origin;

/// Reads a log's name.
final class Origins {
  private Origins() {}

  /// @throws IllegalArgumentException if it is no workspace's log
  static Origin parse(String origin) {
    return Origin.parse(origin)
        .orElseThrow(() ->
            new IllegalArgumentException("the checkpoint's origin is not the log of a workspace"));
  }
}
