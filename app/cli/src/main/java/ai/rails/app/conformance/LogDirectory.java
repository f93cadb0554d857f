package ai.rails.app.conformance;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import ai.rails.domain.checkpoint.Checkpoint;
import ai.rails.domain.checkpoint.Note;
import ai.rails.domain.checkpoint.VerifierKey;
import ai.rails.domain.ledger.Frontier;
import ai.rails.domain.ledger.Merkle;
import ai.rails.domain.ledger.NodeHashes;
import ai.rails.domain.ledger.Proofs;
import ai.rails.domain.ledger.TileHashes;
import ai.rails.domain.ledger.TilePath;

/// A whole log on disk, checked from its entries to its signature.
final class LogDirectory {
  private static final int FULL_BYTES = TilePath.FULL * Merkle.HASH_BYTES;

  private final Path root;
  private final Checkpoint checkpoint;

  private LogDirectory(Path root, Checkpoint checkpoint) {
    this.root = root;
    this.checkpoint = checkpoint;
  }

  /// @return what was found
  /// @throws IllegalArgumentException saying what is wrong and where
  static String check(Path root) throws IOException {
    Note note = Note.parse(Vectors.bytes(root.resolve("checkpoint")));
    var log = new LogDirectory(root, Checkpoint.parse(note.text()));
    String signed = log.signature(note);
    log.tiles();
    String entries = log.entries();
    try {
      byte[] found = Proofs.root(new TileHashes(log::widest), log.checkpoint.size());
      require(
          Merkle.equal(found, log.checkpoint.root()), "the tiles' root is not the checkpoint's");
    } catch (NodeHashes.MissingNode missing) {
      throw new IllegalArgumentException(Case.said(missing), missing);
    }
    return "%d entries, %s, %s".formatted(log.checkpoint.size(), entries, signed);
  }

  private String signature(Note note) throws IOException {
    List<Path> keys;
    try (Stream<Path> beside = Files.list(root)) {
      keys = beside.filter(file -> file.toString().endsWith("vkey")).sorted().toList();
    }
    if (keys.isEmpty()) {
      return "no *.vkey to check the signature with";
    }
    for (Path file : keys) {
      VerifierKey key = VerifierKey.parse(Files.readString(file).strip());
      require(note.verified(key), "no signature by the key in " + file.getFileName());
    }
    return "signed";
  }

  /// Each hash above the lowest level is the root of the full tile below it.
  private void tiles() throws IOException {
    for (int level = 0; size(level) > 0; level++) {
      for (long index = 0; index << TilePath.HEIGHT < size(level); index++) {
        byte[] tile = widest(level, index);
        TilePath path = TilePath.in(checkpoint.size(), level, index);
        require(
            tile.length >= path.width() * Merkle.HASH_BYTES,
            "%s is missing or too short".formatted(path));
        narrower(path, tile);
        if (path.full()) {
          above(path, tile);
        }
      }
    }
  }

  private void above(TilePath path, byte[] tile) {
    byte[] parents = widest(path.level() + 1, path.index() >> TilePath.HEIGHT);
    int at = (int) (path.index() & (TilePath.FULL - 1)) * Merkle.HASH_BYTES;
    require(parents.length >= at + Merkle.HASH_BYTES, "no hash stands above " + path);
    byte[] parent = Arrays.copyOfRange(parents, at, at + Merkle.HASH_BYTES);
    require(Merkle.equal(rootOf(tile), parent), "the hash above %s is another one".formatted(path));
  }

  /// Partial tiles that are still there begin the tile that took their place.
  private void narrower(TilePath path, byte[] tile) throws IOException {
    Path partials = root.resolve(full(path) + ".p");
    if (!Files.isDirectory(partials)) {
      return;
    }
    try (Stream<Path> widths = Files.list(partials)) {
      for (Path file : widths.sorted().toList()) {
        byte[] partial = Vectors.bytes(file);
        int width;
        try {
          width = Integer.parseInt(String.valueOf(file.getFileName()));
        } catch (NumberFormatException e) {
          throw new IllegalArgumentException("%s is no partial tile".formatted(file), e);
        }
        require(
            width > 0 && width < TilePath.FULL && partial.length == width * Merkle.HASH_BYTES,
            "%s does not have the hashes its name says".formatted(file.getFileName()));
        int common = Math.min(partial.length, tile.length);
        require(
            Arrays.equals(partial, 0, common, tile, 0, common),
            "partial tile %d of %s differs from the wider one".formatted(width, path));
      }
    }
  }

  private String entries() throws IOException {
    if (!Files.isDirectory(root.resolve("tile").resolve("entries"))) {
      return "no entry bundles";
    }
    for (long index = 0; index << TilePath.HEIGHT < checkpoint.size(); index++) {
      TilePath tile = TilePath.in(checkpoint.size(), 0, index);
      String name = "tile/entries/" + TilePath.digits(index);
      byte[] bundle = read(tile, root.resolve(name));
      require(bundle.length > 0, name + " is missing");
      byte[] hashes = widest(0, index);
      ByteBuffer rest = ByteBuffer.wrap(bundle);
      for (int n = 0; n < tile.width(); n++) {
        byte[] entry = entry(rest, name);
        byte[] hash =
            Arrays.copyOfRange(hashes, n * Merkle.HASH_BYTES, (n + 1) * Merkle.HASH_BYTES);
        require(
            Merkle.equal(Merkle.leaf(entry), hash),
            "entry %d is not the one that the tile has".formatted((index << 8) + n));
      }
    }
    return "all in their places";
  }

  private static byte[] entry(ByteBuffer bundle, String name) {
    require(bundle.remaining() >= Short.BYTES, name + " is cut off");
    int length = Short.toUnsignedInt(bundle.getShort());
    require(bundle.remaining() >= length, name + " is cut off");
    byte[] entry = new byte[length];
    bundle.get(entry);
    return entry;
  }

  /// A bundle or tile, full or at the width that the tree has.
  private static byte[] read(TilePath tile, Path file) throws IOException {
    Path partial = file.resolveSibling(file.getFileName() + ".p").resolve("" + tile.width());
    if (!tile.full() && Files.isRegularFile(partial)) {
      return Vectors.bytes(partial);
    }
    return Files.isRegularFile(file) ? Vectors.bytes(file) : new byte[0];
  }

  /// The tile at the width that the checkpoint's tree has, or the full one.
  private byte[] widest(int level, long index) {
    if (index << TilePath.HEIGHT >= size(level)) {
      return new byte[0];
    }
    TilePath path = TilePath.in(checkpoint.size(), level, index);
    try {
      byte[] tile = read(path, root.resolve(full(path)));
      require(
          tile.length % Merkle.HASH_BYTES == 0 && tile.length <= FULL_BYTES,
          path + " has not whole hashes");
      return tile;
    } catch (IOException e) {
      throw new IllegalArgumentException("%s can not be read".formatted(path), e);
    }
  }

  private static String full(TilePath path) {
    return "tile/%d/%s".formatted(path.level(), TilePath.digits(path.index()));
  }

  private static byte[] rootOf(byte[] tile) {
    var frontier = new Frontier();
    for (int at = 0; at < FULL_BYTES; at += Merkle.HASH_BYTES) {
      frontier.append(Arrays.copyOfRange(tile, at, at + Merkle.HASH_BYTES));
    }
    return frontier.root();
  }

  private long size(int level) {
    int shift = level * TilePath.HEIGHT;
    return shift >= Long.SIZE - 1 ? 0 : checkpoint.size() >> shift;
  }

  private static void require(boolean holds, String refusal) {
    if (!holds) {
      throw new IllegalArgumentException(refusal);
    }
  }
}
