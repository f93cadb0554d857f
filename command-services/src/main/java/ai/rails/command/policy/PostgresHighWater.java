package ai.rails.command.policy;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

import ai.rails.platform.opa.HighWater;

/// High-water marks kept in memory and in the store.
///
/// A mark is read from the store once: sidecars of other processes may be a poll ahead of ours, and
/// that is no rollback of ours. Safe for use by several threads.
final class PostgresHighWater implements HighWater {
  private final PostgresBundleStore store;
  private final ConcurrentMap<String, Long> marks = new ConcurrentHashMap<>();

  PostgresHighWater(PostgresBundleStore store) {
    this.store = store;
  }

  @Override
  public long get(String bundle) {
    return marks.computeIfAbsent(bundle, store::seen);
  }

  @Override
  public void advance(String bundle, long seq) {
    if (seq > get(bundle)) {
      store.see(bundle, seq);
      marks.merge(bundle, seq, Math::max);
    }
  }
}
