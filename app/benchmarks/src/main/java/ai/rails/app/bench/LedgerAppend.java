package ai.rails.app.bench;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;

import ai.rails.domain.ledger.ChainCheck;
import ai.rails.domain.ledger.GrowingTree;
import ai.rails.domain.ledger.LedgerRow;
import ai.rails.domain.ledger.Merkle;
import ai.rails.domain.ledger.Origin;
import ai.rails.domain.ledger.Proofs;
import ai.rails.domain.ledger.Sha256;

/// The ledger without Kafka, on one thread: append, verification and proofs, by its CPU time.
final class LedgerAppend {
  private static final Origin ORIGIN = Origin.first("bench.internal", "t", "w");
  private static final int RUN_ENTRIES = 200;
  private static final int REPEATS = 21;

  private LedgerAppend() {}

  static LedgerFigures.Append append(BenchEvents events, int entries) {
    List<LedgerRow> rows = events.rows(entries);
    run(rows);
    double began = Cpu.seconds();
    List<byte[]> leaves = run(rows);
    double leavesPerSecond = perSecond(entries, began);
    hash(rows, leaves);
    began = Cpu.seconds();
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
    double began = Cpu.seconds();
    verify(rows, leaves);
    return new LedgerFigures.Verify(entries, perSecond(entries, began));
  }

  /// The proofs of one run's entries, spread over the log, made from tiles alone.
  static LedgerFigures.Proof proofs(int entries) {
    var log = new BenchLog(ORIGIN);
    byte[] seed = new byte[Merkle.HASH_BYTES];
    for (int i = 0; i < entries; i++) {
      seed[0] = (byte) i;
      seed[1] = (byte) (i >> 8);
      seed[2] = (byte) (i >> 16);
      log.append(Merkle.leaf(seed));
    }
    byte[] root = log.root();
    var nodes = log.nodes();
    var took = new ArrayList<Double>();
    int hashes = 0;
    for (int repeat = 0; repeat < REPEATS; repeat++) {
      double began = Cpu.seconds();
      for (int i = 0; i < RUN_ENTRIES; i++) {
        long index = (long) i * entries / RUN_ENTRIES;
        List<byte[]> proof = Proofs.inclusion(nodes, index, entries);
        hashes = Math.max(hashes, proof.size());
        if (!Proofs.includes(nodes.node(0, index), index, entries, proof, root)) {
          throw new IllegalStateException("a proof does not verify");
        }
      }
      took.add(Cpu.seconds() - began);
    }
    Collections.sort(took);
    return new LedgerFigures.Proof(entries, RUN_ENTRIES, took.get(REPEATS / 2) * 1e6, hashes);
  }

  private static List<byte[]> run(List<LedgerRow> rows) {
    var log = new BenchLog(ORIGIN);
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

  private static double perSecond(int count, double began) {
    return count / (Cpu.seconds() - began);
  }
}
