package ai.rails.platform.witness;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.domain.checkpoint.Checkpoint;
import ai.rails.domain.checkpoint.Cosignature;
import ai.rails.domain.checkpoint.Note;
import ai.rails.domain.checkpoint.NoteSignature;
import ai.rails.domain.checkpoint.VerifierKey;
import ai.rails.domain.ledger.Merkle;
import ai.rails.domain.ledger.Proofs;

/// The rules of a witness (C2SP tlog-witness): cosigns a checkpoint if its log is known, has signed
/// it, and has only grown since the checkpoint that was cosigned last. That one is compared and
/// replaced under the log's lock, and the new one is on the disk before the answer goes out.
///
/// Thread-safe.
final class Witness {
  private static final Logger LOG = LoggerFactory.getLogger(Witness.class);
  private static final int LOCKS = 256;

  private final NoteSigner signer;
  private final VerifierKey own;
  private final Supplier<LogList> logs;
  private final WitnessState state;
  private final InstantSource clock;
  private final ReentrantLock[] locks = new ReentrantLock[LOCKS];

  /// @param logs asked at each request
  Witness(NoteSigner signer, Supplier<LogList> logs, WitnessState state, InstantSource clock) {
    this.signer = signer;
    this.own = signer.cosignatureKey();
    this.logs = logs;
    this.state = state;
    this.clock = clock;
    for (int i = 0; i < LOCKS; i++) {
      locks[i] = new ReentrantLock();
    }
  }

  /// An answer over HTTP.
  record Reply(int status, String type, String body) {
    static final String TEXT = "text/plain; charset=utf-8";
    static final String SIZE = "text/x.tlog.size";

    static Reply refused(int status, String why) {
      return new Reply(status, TEXT, why + "\n");
    }
  }

  /// `POST add-checkpoint`.
  ///
  /// @throws IOException if the state can not be read or written; nothing was cosigned then
  Reply add(byte[] body) throws IOException {
    AddCheckpoint request;
    Checkpoint tree;
    try {
      request = AddCheckpoint.parse(body);
      tree = Checkpoint.parse(request.checkpoint().text());
    } catch (IllegalArgumentException e) {
      return Reply.refused(400, String.valueOf(e.getMessage()));
    }
    List<VerifierKey> keys = logs.get().keys(tree.origin());
    if (keys.isEmpty()) {
      return Reply.refused(404, "this witness does not know the log");
    }
    List<NoteSignature> signatures;
    try {
      signatures =
          keys.stream().flatMap(key -> request.checkpoint().signatureOf(key).stream()).toList();
    } catch (IllegalArgumentException e) {
      return Reply.refused(403, String.valueOf(e.getMessage()));
    }
    if (signatures.isEmpty()) {
      return Reply.refused(403, "no key that this witness trusts for the log has signed");
    }
    if (request.oldSize() > tree.size()) {
      return Reply.refused(400, "the old size is above the checkpoint's");
    }
    String id = WitnessState.id(tree.origin());
    ReentrantLock lock = locks[Math.floorMod(id.hashCode(), LOCKS)];
    lock.lock();
    try {
      return cosign(id, request, tree, signatures);
    } finally {
      lock.unlock();
    }
  }

  /// `GET <origin hash>/checkpoint`.
  Optional<Note> checkpoint(String id) throws IOException {
    return state.get(id);
  }

  private Reply cosign(
      String id, AddCheckpoint request, Checkpoint tree, List<NoteSignature> signatures)
      throws IOException {
    Optional<Note> last = state.get(id);
    Optional<Checkpoint> known = last.map(note -> Checkpoint.parse(note.text()));
    long size = known.map(Checkpoint::size).orElse(0L);
    if (rolledBack(request.checkpoint(), tree, size)) {
      LOG.atError()
          .addKeyValue("log", id)
          .addKeyValue("size", size)
          .addKeyValue("cosigned", tree.size())
          .log("this witness has cosigned more than it remembers; its directory was rolled back");
      return Reply.refused(503, "this witness's own state is older than its cosignatures");
    }
    if (request.oldSize() != size) {
      return new Reply(409, Reply.SIZE, size + "\n");
    }
    Optional<String> wrong = wrong(request, tree, known);
    if (wrong.isPresent()) {
      LOG.atWarn()
          .addKeyValue("log", id)
          .addKeyValue("known", size)
          .addKeyValue("size", tree.size())
          .addKeyValue("reason", wrong.get())
          .log("a signed checkpoint is not consistent with the one before");
      return Reply.refused(422, wrong.get());
    }
    NoteSignature cosignature = signer.cosign(request.checkpoint().text(), time(last));
    Note kept = new Note(request.checkpoint().text(), signatures).with(cosignature);
    state.put(id, kept);
    return new Reply(200, Reply.TEXT, cosignature.line());
  }

  private static Optional<String> wrong(
      AddCheckpoint request, Checkpoint tree, Optional<Checkpoint> known) {
    if (tree.size() == 0 && !Merkle.equal(tree.root(), Merkle.emptyRoot())) {
      return Optional.of("an empty tree has another root");
    }
    if (request.oldSize() == 0) {
      return request.proof().isEmpty()
          ? Optional.empty()
          : Optional.of("nothing needs to be proved about the empty tree");
    }
    byte[] root = known.map(Checkpoint::root).orElseThrow();
    return Proofs.consistent(request.oldSize(), root, tree.size(), tree.root(), request.proof())
        ? Optional.empty()
        : Optional.of("the tree is not shown to begin with the one that was cosigned");
  }

  /// Whether the note carries this witness's own cosignature and is ahead of what it remembers.
  private boolean rolledBack(Note note, Checkpoint tree, long size) {
    if (tree.size() <= size) {
      return false;
    }
    try {
      return note.verified(own);
    } catch (IllegalArgumentException _) {
      return false;
    }
  }

  /// Never before the time of the last cosignature, should the clock go back.
  private long time(Optional<Note> last) throws IOException {
    long now = clock.instant().getEpochSecond();
    try {
      return last.flatMap(note -> note.signatureOf(own))
          .flatMap(signature -> Cosignature.parse(signature.signature()))
          .map(cosignature -> Math.max(now, cosignature.time()))
          .orElse(now);
    } catch (IllegalArgumentException e) {
      throw new IOException("a remembered checkpoint was changed; restore its file", e);
    }
  }

  /// The body of the answer to `GET`.
  static String text(Note note) {
    return new String(note.bytes(), StandardCharsets.UTF_8);
  }
}
