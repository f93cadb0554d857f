package ai.rails.enclave.worker;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;

/// What of each partition may be committed: everything before the first record that is still open.
/// Confined to the consumer's thread.
final class OffsetLedger {
  /// One partition's open records.
  private static final class Open {
    private final TreeSet<Long> offsets = new TreeSet<>();
    private long next;
    private long committed = -1;
  }

  private final Map<Integer, Open> partitions = new HashMap<>();

  /// A record was read and is open until [#close].
  void open(int partition, long offset) {
    Open open = partitions.computeIfAbsent(partition, p -> new Open());
    open.offsets.add(offset);
    open.next = Math.max(open.next, offset + 1);
  }

  boolean owns(int partition, long offset) {
    Open open = partitions.get(partition);
    return open != null && open.offsets.contains(offset);
  }

  /// A record is done. One that is not open, for example after a rebalance, changes nothing.
  void close(int partition, long offset) {
    Open open = partitions.get(partition);
    if (open != null) {
      open.offsets.remove(offset);
    }
  }

  /// Forgets a partition that another consumer has now.
  void forget(int partition) {
    partitions.remove(partition);
  }

  /// Partition to the offset to commit, where it has moved since the last time this was asked.
  Map<Integer, Long> committable() {
    var moved = new HashMap<Integer, Long>();
    partitions.forEach((partition, open) -> {
      long upTo = open.offsets.isEmpty() ? open.next : open.offsets.getFirst();
      if (upTo > open.committed) {
        moved.put(partition, upTo);
      }
    });
    return moved;
  }

  /// Remembers what was committed.
  void committed(Map<Integer, Long> upTo) {
    upTo.forEach((partition, offset) -> {
      Open open = partitions.get(partition);
      if (open != null) {
        open.committed = offset;
      }
    });
  }
}
