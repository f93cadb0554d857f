package ai.rails.platform.evidence;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import org.apache.avro.Schema;
import org.apache.avro.SchemaNormalization;

import ai.rails.domain.checkpoint.Checkpoint;
import ai.rails.domain.checkpoint.Note;
import ai.rails.domain.checkpoint.TlogProof;
import ai.rails.domain.ledger.Leaf;
import ai.rails.domain.ledger.Proofs;
import ai.rails.domain.ledger.Sha256;
import ai.rails.schema.EventCodec;

/// Writes what of a bundle comes out of the log as it is: leaves, events, schemas and proofs, or
/// the log itself for a whole workspace.
final class LedgerFiles {
  private static final long PROGRESS_EVERY = 256;

  private final EventCodec codec;
  private final EvidenceSource source;
  private final Spool spool;
  private final Note note;
  private final Checkpoint checkpoint;
  private final Set<String> schemas = new HashSet<>();
  private long entries;
  private long firstSeq;
  private long lastSeq;
  private long lastTime;
  private Optional<Long> runCount = Optional.empty();

  LedgerFiles(EventCodec codec, EvidenceSource source, Spool spool) {
    this.codec = codec;
    this.source = source;
    this.spool = spool;
    this.note = source.checkpoint();
    this.checkpoint = Checkpoint.parse(note.text());
  }

  /// @throws IllegalArgumentException if the source contradicts itself
  Statement.Ledger write(Progress progress) throws IOException {
    spool.put(BagNames.CHECKPOINT, note.bytes());
    switch (source.scope()) {
      case Scope.OfWorkspace _ -> {
        leaves(progress, Optional.empty());
        LogFiles.write(source, checkpoint.size(), spool);
        spool.put(BagNames.LOG_CHECKPOINT, note.bytes());
      }
      case Scope.OfRun of -> leaves(progress, Optional.of(of.run()));
      case Scope.OfApproval of -> leaves(progress, Optional.of(of.run()));
      case Scope.OfPeriod _ -> leaves(progress, Optional.empty());
    }
    files(progress);
    neighbours();
    since();
    return new Statement.Ledger(
        checkpoint.origin(),
        checkpoint.size(),
        Base64.getEncoder().encodeToString(checkpoint.root()),
        firstSeq,
        lastSeq,
        entries,
        runCount);
  }

  /// Time of the last entry, Unix milliseconds.
  long lastTime() {
    return lastTime;
  }

  private void leaves(Progress progress, Optional<String> run) throws IOException {
    try (OutputStream lines = spool.open(BagNames.ENTRIES);
        Stream<EvidenceEntry> stream = source.entries()) {
      for (Iterator<EvidenceEntry> all = stream.iterator(); all.hasNext(); ) {
        EvidenceEntry entry = all.next();
        Leaf leaf = Leaf.parse(entry.leaf());
        requireItsPlace(leaf, entry);
        lines.write(entry.leaf());
        lines.write('\n');
        count(leaf, run);
        if (entries % PROGRESS_EVERY == 0) {
          progress.reached(Progress.Stage.ENTRIES, entries);
        }
      }
    }
    if (entries == 0) {
      throw new IllegalArgumentException("there is no entry to be evidence of");
    }
    progress.reached(Progress.Stage.ENTRIES, entries);
  }

  private void requireItsPlace(Leaf leaf, EvidenceEntry entry) {
    require(leaf.log().equals(checkpoint.origin()), leaf, "it belongs to another log");
    require(leaf.seq() > lastSeq, leaf, "it is not behind the entry before it");
    require(leaf.seq() <= checkpoint.size(), leaf, "the checkpoint does not cover it");
    require(
        Sha256.hex(entry.event()).equals(leaf.eventSha256()),
        leaf,
        "its event is not the one that the leaf commits to");
  }

  private void count(Leaf leaf, Optional<String> run) {
    if (entries == 0) {
      firstSeq = leaf.seq();
    }
    entries++;
    lastSeq = leaf.seq();
    lastTime = leaf.time();
    if (run.isPresent()) {
      leaf.run()
          .filter(part -> part.run().equals(run.get()))
          .flatMap(Leaf.RunPart::place)
          .flatMap(Leaf.Place::count)
          .ifPresent(count -> runCount = Optional.of(count));
    }
  }

  /// A second pass, since a file is written to its end before the next is begun.
  private void files(Progress progress) throws IOException {
    boolean proofs = !(source.scope() instanceof Scope.OfWorkspace);
    try (Stream<EvidenceEntry> stream = source.entries()) {
      for (Iterator<EvidenceEntry> all = stream.iterator(); all.hasNext(); ) {
        EvidenceEntry entry = all.next();
        Leaf leaf = Leaf.parse(entry.leaf());
        spool.put(BagNames.event(leaf.eventId()), entry.event());
        if (schemas.add(leaf.schema())) {
          spool.put(BagNames.schema(leaf.schema()), schema(leaf, entry.event()));
        }
        if (proofs) {
          proof(leaf.seq());
        }
      }
    }
    progress.reached(Progress.Stage.ENTRIES, entries);
  }

  private void proof(long seq) throws IOException {
    List<byte[]> hashes = Proofs.inclusion(source.nodes(), seq - 1, checkpoint.size());
    spool.put(BagNames.proof(seq), new TlogProof(Optional.empty(), seq - 1, hashes, note).bytes());
  }

  private byte[] schema(Leaf leaf, byte[] event) {
    Schema schema = new Schema.Parser().parse(codec.schemaJson(event));
    byte[] form = SchemaNormalization.toParsingForm(schema).getBytes(StandardCharsets.UTF_8);
    require(
        Sha256.hex(form).equals(leaf.schema()), leaf, "its event was written with another schema");
    return form;
  }

  /// Leaves around the entries, where the scope cannot be seen to be complete without them.
  private void neighbours() throws IOException {
    Optional<byte[]> before = source.before();
    if (before.isPresent()) {
      spool.put(BagNames.BEFORE, line(before.get()));
    }
    long last = 0;
    try (Stream<byte[]> stream = source.after()) {
      Iterator<byte[]> all = stream.iterator();
      if (!all.hasNext()) {
        return;
      }
      try (OutputStream lines = spool.open(BagNames.AFTER)) {
        while (all.hasNext()) {
          byte[] leaf = all.next();
          last = Leaf.parse(leaf).seq();
          lines.write(line(leaf));
        }
      }
    }
    proof(last);
  }

  private void since() throws IOException {
    Optional<Note> since = source.since();
    if (since.isEmpty()) {
      return;
    }
    Checkpoint old = Checkpoint.parse(since.get().text());
    if (!old.origin().equals(checkpoint.origin()) || old.size() > checkpoint.size()) {
      throw new IllegalArgumentException(
          "the earlier checkpoint, of %d entries, is not one of this log before the one of %d"
              .formatted(old.size(), checkpoint.size()));
    }
    spool.put(BagNames.SINCE, since.get().bytes());
    spool.put(
        BagNames.ADD_CHECKPOINT,
        addCheckpoint(
            old.size(), Proofs.consistency(source.nodes(), old.size(), checkpoint.size()), note));
  }

  /// What a witness would be sent (C2SP tlog-witness).
  static byte[] addCheckpoint(long old, List<byte[]> proof, Note note) {
    var lines = new ArrayList<String>();
    lines.add("old " + old);
    proof.forEach(hash -> lines.add(Base64.getEncoder().encodeToString(hash)));
    var body = new ByteArrayOutputStream();
    body.writeBytes((String.join("\n", lines) + "\n\n").getBytes(StandardCharsets.US_ASCII));
    body.writeBytes(note.bytes());
    return body.toByteArray();
  }

  private static byte[] line(byte[] leaf) {
    byte[] line = Arrays.copyOf(leaf, leaf.length + 1);
    line[leaf.length] = '\n';
    return line;
  }

  private static void require(boolean holds, Leaf leaf, String reason) {
    if (!holds) {
      throw new IllegalArgumentException("position %d: %s".formatted(leaf.seq(), reason));
    }
  }
}
