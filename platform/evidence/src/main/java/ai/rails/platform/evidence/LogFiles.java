package ai.rails.platform.evidence;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;

import ai.rails.domain.ledger.Frontier;
import ai.rails.domain.ledger.Merkle;
import ai.rails.domain.ledger.TilePath;

/// Lays out a whole log as C2SP tlog-tiles has it, from its leaves in order: tiles and entry
/// bundles, the last of each level partial. Remembers one tile a level. One thread.
final class LogFiles {
  private final Sink sink;
  private final Frontier frontier = new Frontier();
  private final List<ByteArrayOutputStream> tiles = new ArrayList<>();
  private final ByteArrayOutputStream bundle = new ByteArrayOutputStream();

  LogFiles(Sink sink) {
    this.sink = sink;
  }

  /// Takes the files, by their paths in the log.
  @FunctionalInterface
  interface Sink {
    void file(String path, byte[] bytes) throws IOException;
  }

  static void write(EvidenceSource source, long size, Spool spool) throws IOException {
    var log = new LogFiles((path, bytes) -> spool.put(BagNames.LOG + path, bytes));
    try (Stream<EvidenceEntry> stream = source.entries()) {
      for (Iterator<EvidenceEntry> all = stream.iterator(); all.hasNext(); ) {
        log.append(all.next().leaf());
      }
    }
    if (log.size() != size) {
      throw new IllegalArgumentException(
          "the checkpoint is of %d entries, and %d were given".formatted(size, log.size()));
    }
    log.finish();
  }

  void append(byte[] leaf) throws IOException {
    bundle.write(leaf.length >> 8);
    bundle.write(leaf.length);
    bundle.writeBytes(leaf);
    try {
      frontier.append(Merkle.leaf(leaf), this::completed);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    if (frontier.size() % TilePath.FULL == 0) {
      entries(frontier.size() - TilePath.FULL, TilePath.FULL);
    }
  }

  /// Writes what is partial.
  void finish() throws IOException {
    int rest = (int) (frontier.size() % TilePath.FULL);
    if (rest > 0) {
      entries(frontier.size() - rest, rest);
    }
    for (int level = 0; level < tiles.size(); level++) {
      int width = tiles.get(level).size() / Merkle.HASH_BYTES;
      if (width > 0) {
        long hashes = frontier.size() >> (level * TilePath.HEIGHT);
        tile(new TilePath(level, hashes / TilePath.FULL, width));
      }
    }
  }

  long size() {
    return frontier.size();
  }

  byte[] root() {
    return frontier.root();
  }

  private void completed(int level, long index, byte[] hash) {
    if (level % TilePath.HEIGHT != 0) {
      return;
    }
    int tileLevel = level / TilePath.HEIGHT;
    if (tileLevel == tiles.size()) {
      tiles.add(new ByteArrayOutputStream());
    }
    tiles.get(tileLevel).writeBytes(hash);
    if ((index + 1) % TilePath.FULL == 0) {
      try {
        tile(new TilePath(tileLevel, index / TilePath.FULL, TilePath.FULL));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private void tile(TilePath path) throws IOException {
    ByteArrayOutputStream tile = tiles.get(path.level());
    sink.file(path.toString(), tile.toByteArray());
    tile.reset();
  }

  private void entries(long first, int width) throws IOException {
    String path =
        "tile/entries/"
            + TilePath.digits(first / TilePath.FULL)
            + (width == TilePath.FULL ? "" : ".p/" + width);
    sink.file(path, bundle.toByteArray());
    bundle.reset();
  }
}
