package ai.rails.app.bench;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import ai.rails.domain.ledger.ChainCheck;
import ai.rails.domain.ledger.GrowingTree;
import ai.rails.domain.ledger.LedgerHead;
import ai.rails.domain.ledger.LedgerRow;
import ai.rails.domain.ledger.LedgerStep;
import ai.rails.domain.ledger.LedgerStep.Appended;
import ai.rails.domain.ledger.LedgerStep.Strands;
import ai.rails.domain.ledger.Merkle;
import ai.rails.domain.ledger.Origin;
import ai.rails.domain.ledger.Proofs;
import ai.rails.domain.ledger.Sha256;
import ai.rails.domain.ledger.Strand;
import ai.rails.domain.ledger.TileHashes;

/// The ledger without Kafka, on one thread: append, verification and proofs.
final class LedgerAppend {
  private static final Origin ORIGIN = Origin.current("bench.internal", "t", "w");
  private static final int RUN_ENTRIES = 200;
  private static final int REPEATS = 21;

  /// A log in memory.
  private static final class Log {
    private final GrowingTree tree = GrowingTree.inMemory();
    private final Map<String, byte[]> tiles = new HashMap<>();
    private final Map<String, Strand> runs = new HashMap<>();
    private final Map<String, Strand> workflows = new HashMap<>();
    private LedgerHead head = LedgerHead.genesis(ORIGIN);

    byte[] append(LedgerRow event) {
      var strands =
          new Strands(
              event.run().flatMap(id -> Optional.ofNullable(runs.get(id))),
              event.workflow().flatMap(id -> Optional.ofNullable(workflows.get(id))));
      Appended appended = LedgerStep.append(ORIGIN, head, strands, event);
      head = appended.head();
      event.run().ifPresent(id -> put(runs, id, appended.strands().run()));
      event.workflow().ifPresent(id -> put(workflows, id, appended.strands().workflow()));
      tree.append(HexFormat.of().parseHex(head.hash()), this::keep);
      return appended.bytes();
    }

    private void keep(GrowingTree.Tile tile) {
      tiles.put(tile.path().level() + "/" + tile.path().index(), tile.hashes());
    }

    private static void put(Map<String, Strand> strands, String id, Optional<Strand> strand) {
      strand.ifPresentOrElse(s -> strands.put(id, s), () -> strands.remove(id));
    }
  }

  private LedgerAppend() {}

  static LedgerFigures.Append append(BenchEvents events, int entries) {
    List<LedgerRow> rows = events.rows(entries);
    run(rows);
    long began = System.nanoTime();
    List<byte[]> leaves = run(rows);
    double leavesPerSecond = perSecond(entries, began);
    hash(rows, leaves);
    began = System.nanoTime();
    hash(rows, leaves);
    double hashed = perSecond(entries, began);
    return new LedgerFigures.Append(
        entries,
        leavesPerSecond,
        rows.stream().mapToInt(row -> row.bytes().length).average().orElse(0),
        leaves.stream().mapToInt(leaf -> leaf.length).average().orElse(0),
        hashed,
        leavesPerSecond / hashed);
  }

  static LedgerFigures.Verify verify(BenchEvents events, int entries) {
    List<LedgerRow> rows = events.rows(entries);
    List<byte[]> leaves = run(rows);
    verify(rows, leaves);
    long began = System.nanoTime();
    verify(rows, leaves);
    return new LedgerFigures.Verify(entries, perSecond(entries, began));
  }

  /// The proofs of one run's entries, spread over the log, made from tiles alone.
  static LedgerFigures.Proof proofs(int entries) {
    var log = new Log();
    byte[] seed = new byte[Merkle.HASH_BYTES];
    for (int i = 0; i < entries; i++) {
      seed[0] = (byte) i;
      seed[1] = (byte) (i >> 8);
      seed[2] = (byte) (i >> 16);
      log.tree.append(Merkle.leaf(seed), log::keep);
    }
    log.tree.openTiles().forEach(log::keep);
    byte[] root = log.tree.root();
    var nodes =
        new TileHashes((level, index) -> log.tiles.getOrDefault(level + "/" + index, new byte[0]));
    var took = new ArrayList<Duration>();
    int hashes = 0;
    for (int repeat = 0; repeat < REPEATS; repeat++) {
      long began = System.nanoTime();
      for (int i = 0; i < RUN_ENTRIES; i++) {
        long index = (long) i * entries / RUN_ENTRIES;
        List<byte[]> proof = Proofs.inclusion(nodes, index, entries);
        hashes = Math.max(hashes, proof.size());
        if (!Proofs.includes(nodes.node(0, index), index, entries, proof, root)) {
          throw new IllegalStateException("a proof does not verify");
        }
      }
      took.add(Duration.ofNanos(System.nanoTime() - began));
    }
    Collections.sort(took);
    return new LedgerFigures.Proof(
        entries, RUN_ENTRIES, took.get(REPEATS / 2).toNanos() / 1e3, hashes);
  }

  private static List<byte[]> run(List<LedgerRow> rows) {
    var log = new Log();
    var leaves = new ArrayList<byte[]>(rows.size());
    rows.forEach(row -> leaves.add(log.append(row)));
    return leaves;
  }

  private static void verify(List<LedgerRow> rows, List<byte[]> leaves) {
    var chain = new ChainCheck(ORIGIN);
    var tree = GrowingTree.inMemory();
    for (int i = 0; i < leaves.size(); i++) {
      String event = chain.accept(leaves.get(i)).eventSha256();
      tree.append(HexFormat.of().parseHex(chain.head().hash()), tile -> {});
      if (!event.equals(Sha256.hex(rows.get(i).bytes()))) {
        throw new IllegalStateException("a leaf is not that of its event");
      }
    }
  }

  private static void hash(List<LedgerRow> rows, List<byte[]> leaves) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      byte sum = 0;
      for (int i = 0; i < rows.size(); i++) {
        sum ^= digest.digest(rows.get(i).bytes())[0];
        sum ^= digest.digest(leaves.get(i))[0];
      }
      if (sum == 0 && rows.isEmpty()) {
        throw new IllegalStateException("nothing was hashed");
      }
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this Java has no SHA-256", e);
    }
  }

  private static double perSecond(int count, long began) {
    return count / ((System.nanoTime() - began) / 1e9);
  }
}
