package ai.rails.stream.ledger;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

import ai.rails.domain.checkpoint.Checkpoint;
import ai.rails.domain.ledger.GrowingTree;
import ai.rails.domain.ledger.Origin;
import ai.rails.domain.ledger.TilePath;
import ai.rails.schema.Topics;

/// The Merkle trees of a task's logs: gives out tiles and unsigned heads. A head comes with each
/// full tile (so after 256 entries at the latest), after an entry whose proof somebody waits for,
/// and a second after any other; tiles come before the head that needs them, and the partial tiles
/// of the head before are deleted after it. One thread.
final class Trees {
  /// Last part of the key under which the tiles topic has what opened an epoch.
  static final String OPENING = "opening";

  /// An entry waits no longer for its head.
  static final Duration HEAD_WITHIN = Duration.ofSeconds(1);

  /// Nothing is visible before a commit, so more heads than commits tell nobody more.
  static final Duration HEADS_APART = Duration.ofMillis(100);

  private final KeyValueStore<String, byte[]> trees;
  private final KeyValueStore<String, byte[]> edges;
  private final Consumer<Record<Routed, byte[]>> out;
  private final Map<Origin, Replay> again = new HashMap<>();
  private final Map<Origin, Pace> paces = new HashMap<>();

  /// @param out where tiles and heads go
  Trees(
      KeyValueStore<String, byte[]> trees,
      KeyValueStore<String, byte[]> edges,
      Consumer<Record<Routed, byte[]>> out) {
    this.trees = trees;
    this.edges = edges;
    this.out = out;
  }

  /// When a log's head is due and when its last one was given, in the stream's milliseconds. Not
  /// stored: after a start every log with uncovered entries is due.
  private record Pace(long dueAt, long lastAt) {
    static final Pace NONE = new Pace(Long.MAX_VALUE, Long.MIN_VALUE / 2);
  }

  /// An entry that was appended to its log.
  ///
  /// @param index in the tree, from 0
  /// @param recordedAt its time, which becomes the records' time
  /// @param urgent whether its head follows at once
  @SuppressWarnings("ArrayRecordComponent") // bytes on their way; never compared
  record Entry(Origin origin, long index, byte[] leafHash, long recordedAt, boolean urgent) {}

  StoredTree stored(Origin origin) {
    return new StoredTree(trees, edges, origin);
  }

  void append(Entry entry, long now) {
    Origin origin = entry.origin;
    StoredTree stored = stored(origin);
    StoredTree.State state = stored.state().orElseGet(StoredTree.State::empty);
    var tree = new GrowingTree(state.frontier(), stored);
    if (tree.size() != entry.index) {
      throw new IllegalStateException(
          "%s has %d entries, its stored tree %d".formatted(origin, entry.index, tree.size()));
    }
    tree.append(entry.leafHash, tile -> give(origin, tile, entry.recordedAt));
    Pace pace = paces.getOrDefault(origin, Pace.NONE);
    boolean rested = now - pace.lastAt >= HEADS_APART.toMillis();
    if (tree.size() % TilePath.FULL == 0 || (entry.urgent && rested)) {
      giveHead(origin, stored, state, entry.recordedAt, now);
      return;
    }
    stored.put(state);
    long dueAt = entry.urgent ? pace.lastAt + HEADS_APART.toMillis() : now + HEAD_WITHIN.toMillis();
    paces.put(origin, new Pace(Math.min(pace.dueAt, dueAt), pace.lastAt));
  }

  /// Takes a tree that was computed again. Its tiles go out once more: if they are lost, they are
  /// back, if not, they are the same bytes.
  void put(Origin origin, Replay replay) {
    StoredTree stored = stored(origin);
    stored.put(replay.tree().openTiles());
    stored.put(
        new StoredTree.State(replay.tree().frontier(), replay.headSize(), replay.headRoot()));
    again.put(origin, replay);
    due(origin);
  }

  /// Forgets an abandoned log's tree: another one takes its place.
  void abandon(Origin origin) {
    trees.delete(StoredTree.keyOf(origin));
    paces.remove(origin);
    again.remove(origin);
  }

  /// Gives out what opened an epoch, for whoever signs its first head.
  ///
  /// @param record the first leaf, and the event that opened the epoch
  void giveOpening(Origin origin, byte[] record, long recordedAt) {
    out.accept(
        new Record<>(
            Routed.of(
                Topics.tiles(origin.tenant()),
                "%s/e/%d/%s".formatted(origin.workspace(), origin.epoch(), OPENING),
                origin.workspace()),
            record,
            recordedAt));
  }

  /// Gives out the tiles of trees that were computed again.
  void giveAgain() {
    again.forEach((origin, replay) -> {
      long recordedAt = replay.chain().head().time();
      replay.full().forEach(tile -> give(origin, tile, recordedAt));
      replay.tree().openTiles().forEach(tile -> give(origin, tile, recordedAt));
    });
    again.clear();
  }

  /// Marks a log's head as due: a process before this one may have left entries uncovered.
  void due(Origin origin) {
    paces.put(origin, new Pace(Long.MIN_VALUE, Pace.NONE.lastAt));
  }

  /// Which logs' heads are due.
  Set<Origin> due(long now) {
    paces
        .values()
        .removeIf(
            pace -> pace.dueAt == Long.MAX_VALUE && now - pace.lastAt >= HEADS_APART.toMillis());
    var due = new HashSet<Origin>();
    paces.forEach((origin, pace) -> {
      if (pace.dueAt <= now) {
        due.add(origin);
      }
    });
    return due;
  }

  /// Gives a log's head if it has uncovered entries.
  ///
  /// @param recordedAt time of the log's last entry
  void giveHead(Origin origin, long recordedAt, long now) {
    StoredTree stored = stored(origin);
    stored
        .state()
        .filter(StoredTree.State::uncovered)
        .ifPresentOrElse(
            state -> giveHead(origin, stored, state, recordedAt, now), () -> paces.remove(origin));
  }

  private void giveHead(
      Origin origin, StoredTree stored, StoredTree.State state, long recordedAt, long now) {
    var tree = new GrowingTree(state.frontier(), stored);
    List<GrowingTree.Tile> open = tree.openTiles();
    List<TilePath> before = GrowingTree.openPaths(state.headSize());
    open.stream()
        .filter(tile -> !before.contains(tile.path()))
        .forEach(tile -> give(origin, tile, recordedAt));
    byte[] root = tree.root();
    var head = new Checkpoint(origin.toString(), tree.size(), root);
    out.accept(
        new Record<>(
            Routed.of(Topics.treeHeads(origin.tenant()), origin.workspace()),
            head.text().getBytes(StandardCharsets.UTF_8),
            recordedAt));
    List<TilePath> paths = open.stream().map(GrowingTree.Tile::path).toList();
    before.stream()
        .filter(path -> !paths.contains(path))
        .forEach(path -> out.accept(new Record<>(tileKey(origin, path), null, recordedAt)));
    stored.put(new StoredTree.State(state.frontier(), tree.size(), root));
    paces.put(origin, new Pace(Long.MAX_VALUE, now));
  }

  private void give(Origin origin, GrowingTree.Tile tile, long recordedAt) {
    out.accept(new Record<>(tileKey(origin, tile.path()), tile.hashes(), recordedAt));
  }

  private static Routed tileKey(Origin origin, TilePath path) {
    return Routed.of(
        Topics.tiles(origin.tenant()),
        "%s/e/%d/%s".formatted(origin.workspace(), origin.epoch(), path),
        origin.workspace());
  }
}
