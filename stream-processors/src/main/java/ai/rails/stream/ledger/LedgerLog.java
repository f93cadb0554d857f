package ai.rails.stream.ledger;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

import ai.rails.domain.ledger.ChainCheck;
import ai.rails.domain.ledger.Leaf;
import ai.rails.domain.ledger.Origin;
import ai.rails.domain.ledger.Sha256;
import ai.rails.schema.LedgerRecord;

/// One log as the ledger topic has it: checked leaf by leaf while it is read; afterwards its leaf
/// hashes (32 bytes an entry) can be compared with the store's. One thread at a time.
final class LedgerLog {
  private static final int HASH_BYTES = 32;

  private final ChainCheck chain;
  private byte[] hashes = new byte[HASH_BYTES * 64];
  private int size;
  private Optional<String> broken = Optional.empty();

  LedgerLog(Origin origin) {
    this.chain = new ChainCheck(origin);
  }

  /// After the first leaf that is wrong nothing more is looked at.
  void accept(LedgerRecord record) {
    if (broken.isPresent()) {
      return;
    }
    try {
      Leaf leaf = chain.accept(record.leaf());
      if (leaf.eventSha256().equals(Sha256.hex(record.event()))) {
        add(Sha256.ofLeaf(record.leaf()));
      } else {
        broken = Optional.of("event_sha256 is not the hash of the event beside the leaf");
      }
    } catch (IllegalArgumentException e) {
      broken = Optional.of(String.valueOf(e.getMessage()));
    }
  }

  /// How many leaves are right in themselves.
  int size() {
    return size;
  }

  /// What is wrong with the leaf after the last right one, if there is one.
  Optional<String> broken() {
    return broken;
  }

  /// The leaf hash at that index, from 0.
  byte[] hash(int index) {
    return Arrays.copyOfRange(hashes, index * HASH_BYTES, (index + 1) * HASH_BYTES);
  }

  boolean has(long position, String leafHash) {
    int at = Math.toIntExact(position - 1) * HASH_BYTES;
    return Arrays.equals(
        hashes, at, at + HASH_BYTES, HexFormat.of().parseHex(leafHash), 0, HASH_BYTES);
  }

  private void add(String hash) {
    if ((size + 1) * HASH_BYTES > hashes.length) {
      hashes = Arrays.copyOf(hashes, Math.multiplyExact(hashes.length, 2));
    }
    System.arraycopy(HexFormat.of().parseHex(hash), 0, hashes, size * HASH_BYTES, HASH_BYTES);
    size++;
  }
}
