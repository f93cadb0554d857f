package ai.rails.stream.ledger;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import ai.rails.domain.checkpoint.Checkpoint;
import ai.rails.domain.checkpoint.Note;
import ai.rails.domain.ledger.GrowingTree;
import ai.rails.domain.ledger.Merkle;
import ai.rails.domain.ledger.Origin;
import ai.rails.domain.ledger.TilePath;

/// What the topics have of one log's tree: unsigned heads, tiles, signed checkpoints. Compared with
/// the tree that the log's leaves give. One thread.
///
/// Signatures are not looked at: whoever checks those has the key, this has the leaves.
final class TreeRecords {
  private final Origin origin;
  private final List<Checkpoint> heads = new ArrayList<>();
  private final List<Checkpoint> checkpoints = new ArrayList<>();
  // By level and index: of the partial tiles of one place the widest decides.
  private final Map<String, Map<TilePath, byte[]>> tiles = new HashMap<>();
  private Optional<String> unreadable = Optional.empty();

  TreeRecords(Origin origin) {
    this.origin = origin;
  }

  void head(byte[] value) {
    add(heads, new String(value, StandardCharsets.UTF_8), "a head");
  }

  void checkpoint(byte[] value) {
    try {
      add(checkpoints, Note.parse(value).text(), "a checkpoint");
    } catch (IllegalArgumentException e) {
      unreadable = Optional.of("a checkpoint is unreadable: " + e.getMessage());
    }
  }

  private void add(List<Checkpoint> to, String text, String what) {
    try {
      Checkpoint checkpoint = Checkpoint.parse(text);
      if (checkpoint.origin().equals(origin.toString())) {
        to.add(checkpoint);
      } else {
        unreadable = Optional.of(what + " of another log lies under this workspace");
      }
    } catch (IllegalArgumentException e) {
      unreadable = Optional.of("%s is unreadable: %s".formatted(what, e.getMessage()));
    }
  }

  /// @param path as the tile's key has it, after the workspace and the epoch
  /// @param hashes empty if the tile was deleted
  void tile(String path, Optional<byte[]> hashes) {
    try {
      TilePath tile = TilePath.parse(path);
      Map<TilePath, byte[]> place = tiles.computeIfAbsent(place(tile), p -> new HashMap<>());
      hashes.ifPresentOrElse(bytes -> place.put(tile, bytes), () -> place.remove(tile));
    } catch (IllegalArgumentException e) {
      unreadable = Optional.of("a tile's key is no tile's path");
    }
  }

  int heads() {
    return heads.size();
  }

  int checkpoints() {
    return checkpoints.size();
  }

  int tiles() {
    return tiles.values().stream().mapToInt(Map::size).sum();
  }

  /// What of these is not the tree of the leaves.
  ///
  /// @return a sentence
  Optional<String> difference(LedgerLog leaves) {
    if (unreadable.isPresent()) {
      return unreadable;
    }
    Map<Long, byte[]> wanted = new HashMap<>();
    heads.forEach(head -> wanted.put(head.size(), new byte[0]));
    checkpoints.forEach(checkpoint -> wanted.put(checkpoint.size(), new byte[0]));
    var computed = new HashMap<String, byte[]>();
    var tree = GrowingTree.inMemory();
    wanted.replace(0L, Merkle.emptyRoot());
    for (int i = 0; i < leaves.size(); i++) {
      tree.append(leaves.hash(i), tile -> computed.put(place(tile.path()), tile.hashes()));
      if (wanted.containsKey(tree.size())) {
        wanted.put(tree.size(), tree.root());
      }
    }
    tree.openTiles().forEach(tile -> computed.put(place(tile.path()), tile.hashes()));
    return roots("head", heads, wanted)
        .or(() -> roots("checkpoint", checkpoints, wanted))
        .or(() -> tilesDiffer(computed))
        .or(this::missing);
  }

  /// Sizes never decrease, but that a checkpoint may come again when witnesses have cosigned it,
  /// and later ones may have been signed meanwhile.
  private static Optional<String> roots(
      String what, List<Checkpoint> claimed, Map<Long, byte[]> roots) {
    long size = 0;
    var known = new HashSet<Long>();
    for (Checkpoint checkpoint : claimed) {
      byte[] root = roots.getOrDefault(checkpoint.size(), new byte[0]);
      if (root.length == 0) {
        return Optional.of(
            "a %s covers %d leaves, there are fewer".formatted(what, checkpoint.size()));
      }
      if (!Merkle.equal(root, checkpoint.root())) {
        return Optional.of(
            "the %s at %d has another root than the leaves".formatted(what, checkpoint.size()));
      }
      if (known.add(checkpoint.size()) && checkpoint.size() < size) {
        return Optional.of(
            "the %s at %d comes after the one at %d".formatted(what, checkpoint.size(), size));
      }
      size = Math.max(size, checkpoint.size());
    }
    return Optional.empty();
  }

  private Optional<String> tilesDiffer(Map<String, byte[]> computed) {
    for (var place : tiles.entrySet()) {
      byte[] right = computed.getOrDefault(place.getKey(), new byte[0]);
      for (var tile : place.getValue().entrySet()) {
        int length = tile.getKey().width() * Merkle.HASH_BYTES;
        boolean same =
            right.length >= length && Arrays.equals(tile.getValue(), Arrays.copyOf(right, length));
        if (!same) {
          return Optional.of("%s is not the tile of the leaves".formatted(tile.getKey()));
        }
      }
    }
    return Optional.empty();
  }

  /// Every tile of the last head is there, or a wider one in its place.
  private Optional<String> missing() {
    if (heads.isEmpty()) {
      return Optional.empty();
    }
    long size = heads.getLast().size();
    int level = 0;
    for (long hashes = size; hashes > 0; hashes >>= TilePath.HEIGHT) {
      for (long index = 0; index << TilePath.HEIGHT < hashes; index++) {
        TilePath needed = TilePath.in(size, level, index);
        boolean there =
            tiles.getOrDefault(place(needed), Map.of()).keySet().stream()
                .anyMatch(tile -> tile.width() >= needed.width());
        if (!there) {
          return Optional.of("%s is missing".formatted(needed));
        }
      }
      level++;
    }
    return Optional.empty();
  }

  private static String place(TilePath path) {
    return path.level() + "/" + path.index();
  }
}
