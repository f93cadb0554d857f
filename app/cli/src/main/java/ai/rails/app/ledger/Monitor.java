package ai.rails.app.ledger;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.app.http.Declined;
import ai.rails.app.verb.Client;
import ai.rails.domain.checkpoint.Checkpoint;
import ai.rails.domain.checkpoint.Note;
import ai.rails.domain.checkpoint.TlogPolicy;
import ai.rails.domain.ledger.Origin;
import ai.rails.domain.ledger.Proofs;

/// Follows a log as somebody does who does not believe its server: signatures, and that each state
/// goes on from the one before, are checked here. Confined to one thread.
final class Monitor {
  private final Client client;
  private final String path;
  private final Optional<TlogPolicy> policy;

  /// @param policy whom to believe; without one signatures are not checked
  Monitor(Client client, String workspace, Optional<TlogPolicy> policy) {
    this.client = client;
    this.path = "/v1/ledgers/" + Client.encoded(workspace);
    this.policy = policy;
  }

  /// What was seen.
  ///
  /// @param newest the note that stands now
  /// @param grown entries since the one before
  record Seen(Note newest, Checkpoint checkpoint, long grown) {}

  /// The log broke its promise. There is no harmless reason.
  static final class Broken extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Broken(String message) {
      super(message);
    }
  }

  /// Fetches the newest checkpoint and compares it with the last one seen.
  ///
  /// @throws Broken if it is not signed as the policy demands, is smaller, or is another history
  Seen look(Optional<Note> last) {
    Note note = parsed(client.bytes(path + "/checkpoint"));
    Checkpoint now = Checkpoint.parse(note.text());
    requireSigned(note, now);
    if (last.isEmpty()) {
      return new Seen(note, now, now.size());
    }
    Checkpoint before = Checkpoint.parse(last.get().text());
    if (!before.origin().equals(now.origin())) {
      throw new Broken(
          isLater(before, now)
              ? "the log %s was abandoned at or after %d entries and %s takes its place: ask why; the entry LEDGER_EPOCH_OPENED of the new log says it, and names the head that it is bound to"
                  .formatted(before.origin(), before.size(), now.origin())
              : "the log was %s and is %s now".formatted(before.origin(), now.origin()));
    }
    if (now.size() < before.size()) {
      throw new Broken(
          "the log had %d entries and has %d now: entries are gone"
              .formatted(before.size(), now.size()));
    }
    requireConsistent(before, now);
    return new Seen(note, now, now.size() - before.size());
  }

  private static boolean isLater(Checkpoint before, Checkpoint now) {
    Optional<Origin> old = Origin.parse(before.origin());
    return Origin.parse(now.origin())
        .filter(log -> old.filter(o -> o.sameWorkspace(log) && o.epoch() < log.epoch()).isPresent())
        .isPresent();
  }

  private void requireSigned(Note note, Checkpoint checkpoint) {
    if (policy.isEmpty()) {
      return;
    }
    TlogPolicy.Judgement judgement = policy.get().forLog(checkpoint.origin()).judge(note);
    if (!judgement.logSigned()) {
      throw new Broken(
          "the checkpoint of %d entries is not signed with the log's key"
              .formatted(checkpoint.size()));
    }
    if (!judgement.quorum()) {
      throw new Broken(
          "the checkpoint of %d entries lacks witnesses: it has %s"
              .formatted(checkpoint.size(), judgement.cosigned()));
    }
  }

  private void requireConsistent(Checkpoint before, Checkpoint now) {
    JsonNode answer =
        client.get("%s/consistency?from=%d&to=%d".formatted(path, before.size(), now.size()));
    List<byte[]> hashes = new ArrayList<>();
    try {
      answer.path("hashes").forEach(hash -> hashes.add(Base64.getDecoder().decode(hash.asText())));
    } catch (IllegalArgumentException e) {
      throw new Broken("the server's consistency proof is no proof");
    }
    if (!Proofs.consistent(before.size(), before.root(), now.size(), now.root(), hashes)) {
      throw new Broken(
          "the log of %d entries is not the beginning of the log of %d: history was changed"
              .formatted(before.size(), now.size()));
    }
  }

  private static Note parsed(byte[] bytes) {
    try {
      return Note.parse(bytes);
    } catch (IllegalArgumentException e) {
      throw new Declined("the server sent a checkpoint that is none: " + e.getMessage());
    }
  }
}
