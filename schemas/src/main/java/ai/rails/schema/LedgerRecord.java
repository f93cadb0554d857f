package ai.rails.schema;

import java.util.Arrays;

/// A leaf of a workspace's log and the event that it commits to. Owns its arrays: neither the maker
/// nor a reader changes them.
///
/// @param leaf restricted JCS, UTF-8
/// @param event the event's stored bytes, unchanged
@SuppressWarnings("ArrayRecordComponent") // bytes on their way from topic to hash; equality below
public record LedgerRecord(byte[] leaf, byte[] event) {
  @Override
  public boolean equals(Object other) {
    return other instanceof LedgerRecord record
        && Arrays.equals(leaf, record.leaf)
        && Arrays.equals(event, record.event);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(leaf) + Arrays.hashCode(event);
  }

  @Override
  public String toString() {
    return "LedgerRecord[leaf=%d bytes, event=%d bytes]".formatted(leaf.length, event.length);
  }
}
