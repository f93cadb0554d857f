package ai.rails.platform.witness;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import ai.rails.domain.checkpoint.Checkpoint;
import ai.rails.domain.checkpoint.Note;
import ai.rails.domain.ledger.Merkle;
import ai.rails.domain.ledger.Proofs;

/// A log whose entries are numbered texts, and whose operator does what the test says.
final class TestLog {
  private final List<byte[]> leaves = new ArrayList<>();
  private final NoteSigner signer;
  private final String origin;

  TestLog(NoteSigner signer, String origin) {
    this.signer = signer;
    this.origin = origin;
  }

  static NoteSigner key(String name, long seed) {
    return NoteSigner.generate(name, new Random(seed));
  }

  /// A log that has this one's first entries and then others.
  TestLog fork(int common, String other) {
    var fork = new TestLog(signer, origin);
    fork.leaves.addAll(leaves.subList(0, common));
    return fork.grow(leaves.size() - common, other);
  }

  TestLog grow(int entries, String text) {
    for (int i = 0; i < entries; i++) {
      String entry = text + leaves.size();
      leaves.add(Merkle.leaf(entry.getBytes(StandardCharsets.UTF_8)));
    }
    return this;
  }

  TestLog grow(int entries) {
    return grow(entries, "entry ");
  }

  Checkpoint tree(int size) {
    return new Checkpoint(origin, size, Proofs.root(this::node, size));
  }

  Note note(int size) {
    Checkpoint tree = tree(size);
    return new Note(tree.text(), List.of(signer.signAs(origin, tree.text())));
  }

  AddCheckpoint request(int old, int size) {
    List<byte[]> proof = Proofs.consistency(this::node, old, size);
    return new AddCheckpoint(old, proof, note(size));
  }

  private byte[] node(int level, long index) {
    if (level == 0) {
      return leaves.get((int) index);
    }
    return Merkle.node(node(level - 1, index * 2), node(level - 1, index * 2 + 1));
  }
}
