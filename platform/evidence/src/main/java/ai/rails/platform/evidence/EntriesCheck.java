package ai.rails.platform.evidence;

import java.util.Arrays;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.Set;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

import ai.rails.domain.Header;
import ai.rails.domain.checkpoint.Checkpoint;
import ai.rails.domain.checkpoint.Note;
import ai.rails.domain.checkpoint.TlogProof;
import ai.rails.domain.ledger.Leaf;
import ai.rails.domain.ledger.Merkle;
import ai.rails.domain.ledger.Origin;
import ai.rails.domain.ledger.Proofs;
import ai.rails.domain.ledger.Sha256;
import ai.rails.schema.EventCodec;
import ai.rails.schema.Recorded;

/// Goes through a bundle's entries: each leaf in its canonical form and in the tree, each event the
/// one that its leaf commits to, written with the schema that the leaf names, and saying the same
/// as the leaf. One thread.
final class EntriesCheck {
  private static final int SCHEMA_BYTES_MAX = 1 << 18;
  private static final int PROOF_BYTES_MAX = 1 << 16;

  private final Bundle bundle;
  private final Note note;
  private final Checkpoint checkpoint;
  private final Origin origin;
  private final EventCodec codec;
  private final Set<String> schemas = new HashSet<>();

  EntriesCheck(Bundle bundle, Note note, Checkpoint checkpoint, Origin origin, EventCodec codec) {
    this.bundle = bundle;
    this.note = note;
    this.checkpoint = checkpoint;
    this.origin = origin;
    this.codec = codec;
  }

  /// Takes each entry that was found to be right, in order.
  @FunctionalInterface
  interface Taker {
    void entry(Leaf leaf, byte[] bytes, Recorded event);
  }

  /// @param proofs whether each entry brings its proof; a whole log needs none
  /// @return how many entries there are
  /// @throws Refused at the first thing that is wrong
  long check(boolean proofs, Taker taker) {
    long entries = 0;
    long lastSeq = 0;
    Iterator<byte[]> lines = bundle.lines(BagNames.ENTRIES, Leaf.BYTES_MAX);
    while (lines.hasNext()) {
      byte[] bytes = lines.next();
      entries++;
      Leaf leaf = leaf(entries, bytes);
      String where = where(leaf);
      Refused.unless(leaf.seq() > lastSeq, where, "it is not behind the entry before it");
      lastSeq = leaf.seq();
      if (proofs) {
        included(leaf, bytes);
      }
      taker.entry(leaf, bytes, event(leaf, where));
    }
    Refused.unless(entries > 0, BagNames.ENTRIES, "there is no entry");
    return entries;
  }

  /// That a leaf is in the tree of the checkpoint, by the proof that the bundle has for it.
  void included(Leaf leaf, byte[] bytes) {
    String path = BagNames.proof(leaf.seq());
    byte[] proofBytes = bundle.read(path, PROOF_BYTES_MAX);
    TlogProof proof = parse(path, proofBytes);
    Refused.unless(
        Arrays.equals(proof.checkpoint().bytes(), note.bytes()),
        path,
        "the proof is against another checkpoint than data/ledger/checkpoint");
    Refused.unless(
        Arrays.equals(proof.bytes(), proofBytes) && proof.extra().isEmpty(),
        path,
        "the proof is not in its one form");
    Refused.unless(
        leaf.seq() <= checkpoint.size(),
        where(leaf),
        "the checkpoint is of %d entries and does not cover it: it is older"
            .formatted(checkpoint.size()));
    Refused.unless(
        proof.index() == leaf.seq() - 1, path, "the proof is of index %d".formatted(proof.index()));
    Refused.unless(
        Proofs.includes(
            Merkle.leaf(bytes),
            proof.index(),
            checkpoint.size(),
            proof.hashes(),
            checkpoint.root()),
        path,
        "the proof does not lead from the entry to the root of the checkpoint");
  }

  /// Reads a leaf of this log.
  ///
  /// @param line its number in the file, for messages
  Leaf leaf(long line, byte[] bytes) {
    Leaf leaf;
    try {
      leaf = Leaf.parse(bytes);
    } catch (IllegalArgumentException e) {
      throw new Refused("line %d of the entries".formatted(line), String.valueOf(e.getMessage()));
    }
    Refused.unless(leaf.log().equals(origin.toString()), where(leaf), "it belongs to another log");
    return leaf;
  }

  /// The entries again, after all were found to be right.
  Stream<EvidenceEntry> entries() {
    Iterator<byte[]> lines = bundle.lines(BagNames.ENTRIES, Leaf.BYTES_MAX);
    return StreamSupport.stream(
            Spliterators.spliteratorUnknownSize(lines, Spliterator.ORDERED | Spliterator.NONNULL),
            false)
        .map(leaf ->
            new EvidenceEntry(
                leaf,
                bundle.read(BagNames.event(Leaf.parse(leaf).eventId()), EventCodec.BYTES_MAX)));
  }

  static String where(Leaf leaf) {
    return "entry %d".formatted(leaf.seq());
  }

  private Recorded event(Leaf leaf, String where) {
    String path = path(leaf, where);
    byte[] bytes = bundle.read(path, EventCodec.BYTES_MAX);
    Refused.unless(
        Sha256.hex(bytes).equals(leaf.eventSha256()),
        path,
        "the event is not the one that entry %d commits to".formatted(leaf.seq()));
    schema(leaf, path, bytes);
    Recorded recorded;
    try {
      recorded = codec.decode(bytes);
    } catch (IllegalArgumentException e) {
      throw new Refused(path, String.valueOf(e.getMessage()));
    }
    agrees(leaf, recorded, path);
    return recorded;
  }

  private static String path(Leaf leaf, String where) {
    try {
      return BagNames.event(leaf.eventId());
    } catch (IllegalArgumentException e) {
      throw new Refused(where, String.valueOf(e.getMessage()));
    }
  }

  /// The schema is in the bundle, and the event was written with it. It has the same hash as the
  /// one that this verifier knows, so reading with either is the same: no stranger's schema is
  /// executed.
  private void schema(Leaf leaf, String path, byte[] event) {
    if (schemas.add(leaf.schema())) {
      String file = BagNames.schema(leaf.schema());
      Refused.unless(
          Sha256.hex(bundle.read(file, SCHEMA_BYTES_MAX)).equals(leaf.schema()),
          file,
          "the schema does not have the fingerprint that it is named by");
    }
    String written;
    try {
      written = HexFormat.of().formatHex(codec.schemaFingerprintSha256(event));
    } catch (IllegalArgumentException e) {
      throw new Refused(path, String.valueOf(e.getMessage()));
    }
    Refused.unless(
        written.equals(leaf.schema()),
        path,
        "the event was not written with the schema that entry %d names".formatted(leaf.seq()));
  }

  private void agrees(Leaf leaf, Recorded recorded, String path) {
    Header header = recorded.header();
    Refused.unless(
        header.eventId().equals(leaf.eventId())
            && recorded.event().entryType().name().equals(leaf.eventType())
            && header.tenant().equals(origin.tenant())
            && header.workspace().equals(origin.workspace())
            && header.run().equals(leaf.run().map(Leaf.RunPart::run))
            && header.workflow().equals(leaf.workflow().map(Leaf.WorkflowPart::workflow)),
        path,
        "the event says another id, type, log, run or workflow than entry %d"
            .formatted(leaf.seq()));
  }

  private static TlogProof parse(String path, byte[] bytes) {
    try {
      return TlogProof.parse(bytes);
    } catch (IllegalArgumentException e) {
      throw new Refused(path, String.valueOf(e.getMessage()));
    }
  }
}
