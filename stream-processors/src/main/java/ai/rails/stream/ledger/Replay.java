package ai.rails.stream.ledger;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.domain.checkpoint.Checkpoint;
import ai.rails.domain.ledger.ChainCheck;
import ai.rails.domain.ledger.GrowingTree;
import ai.rails.domain.ledger.Leaf;
import ai.rails.domain.ledger.LedgerHead;
import ai.rails.domain.ledger.Merkle;
import ai.rails.domain.ledger.Origin;
import ai.rails.schema.LedgerRecordCodec;

/// One log computed again from its leaves in the ledger topic: every leaf is checked against those
/// before, and the tree against the last head that was given. One thread.
final class Replay {
  private static final Logger LOG = LoggerFactory.getLogger(Replay.class);

  private final Origin origin;
  private final ChainCheck chain;
  private final GrowingTree tree = GrowingTree.inMemory();
  private final List<GrowingTree.Tile> full = new ArrayList<>();
  private final LedgerHead remembered;
  private final @Nullable Checkpoint head;
  private @Nullable String broken;

  private Replay(
      Origin origin, Function<Origin, LedgerHead> remembered, Map<String, Checkpoint> heads) {
    this.origin = origin;
    this.chain = new ChainCheck(origin);
    this.remembered = remembered.apply(origin);
    this.head = heads.get(origin.toString());
  }

  /// Every log of a tenant that lies in that partition, in the last epoch that it has leaves of.
  ///
  /// @param origin of a workspace's log, in any epoch
  /// @param remembered what the store has as the log's head
  static Map<String, Replay> of(
      TopicStates topics,
      int partition,
      String tenant,
      Function<String, Origin> origin,
      Function<Origin, LedgerHead> remembered) {
    Map<String, Checkpoint> heads =
        heads(topics, partition, Sources.Stream.TREEHEADS.topic(tenant));
    var codec = new LedgerRecordCodec();
    var logs = new HashMap<String, Replay>();
    topics.read(
        Sources.Stream.LEDGER.topic(tenant),
        partition,
        Long.MAX_VALUE,
        (workspace, value) -> {
          Origin log = origin.apply(workspace);
          Leaf leaf;
          byte[] bytes;
          try {
            bytes = codec.decode(value).leaf();
            leaf = Leaf.parse(bytes);
          } catch (IllegalArgumentException e) {
            logs.computeIfAbsent(workspace, _ -> new Replay(log.in(1), remembered, heads))
                .broken(e);
            return;
          }
          int epoch =
              Origin.parse(leaf.log()).filter(log::sameWorkspace).map(Origin::epoch).orElse(1);
          Replay known =
              logs.computeIfAbsent(workspace, _ -> new Replay(log.in(epoch), remembered, heads));
          if (epoch > known.origin.epoch() && leaf.seq() == 1) {
            known = new Replay(log.in(epoch), remembered, heads);
            logs.put(workspace, known);
          }
          if (epoch >= known.origin.epoch()) {
            known.accept(bytes);
          }
        });
    return logs;
  }

  /// The last head of each log, by its origin. What is no head is passed over: whoever can write
  /// there cannot stop a log.
  private static Map<String, Checkpoint> heads(TopicStates topics, int partition, String topic) {
    var heads = new HashMap<String, Checkpoint>();
    if (topics.of(Set.of(topic), partition).isEmpty()) {
      return heads;
    }
    topics.read(
        topic,
        partition,
        Long.MAX_VALUE,
        (workspace, value) -> {
          try {
            Checkpoint head = Checkpoint.parse(new String(value, StandardCharsets.UTF_8));
            heads.put(head.origin(), head);
          } catch (IllegalArgumentException e) {
            LOG.warn("no head in {}; passed over, workspace={}", topic, workspace, e);
          }
        });
    return heads;
  }

  private void broken(IllegalArgumentException e) {
    broken = broken == null ? String.valueOf(e.getMessage()) : broken;
  }

  private void accept(byte[] leaf) {
    if (broken != null) {
      return;
    }
    try {
      chain.accept(leaf);
      tree.append(Merkle.leaf(leaf), full::add);
      if (head != null && head.size() == tree.size() && !Merkle.equal(head.root(), tree.root())) {
        broken = "the last head says another root";
      }
      if (remembered.size() == tree.size() && !remembered.hash().equals(chain.head().hash())) {
        broken = "the store remembers another leaf at %d".formatted(tree.size());
      }
    } catch (IllegalArgumentException e) {
      broken(e);
    }
  }

  Origin origin() {
    return origin;
  }

  /// Why the leaves are no log, if they are none.
  Optional<String> broken() {
    long covered = Math.max(headSize(), remembered.size());
    return broken == null && covered > tree.size()
        ? Optional.of("the topic has %d leaves, and there were %d".formatted(tree.size(), covered))
        : Optional.ofNullable(broken);
  }

  ChainCheck chain() {
    return chain;
  }

  GrowingTree tree() {
    return tree;
  }

  /// The full tiles, oldest first.
  List<GrowingTree.Tile> full() {
    return full;
  }

  long headSize() {
    return head == null ? 0 : head.size();
  }

  byte[] headRoot() {
    return head == null ? Merkle.emptyRoot() : head.root();
  }
}
