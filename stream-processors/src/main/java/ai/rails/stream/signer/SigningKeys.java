package ai.rails.stream.signer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import ai.rails.domain.checkpoint.Checkpoint;
import ai.rails.domain.checkpoint.KeyHistory;
import ai.rails.domain.checkpoint.Note;
import ai.rails.domain.checkpoint.VerifierKey;
import ai.rails.platform.witness.NoteSigner;

/// The cell's private log keys and the history that says when each signs. While a key is being
/// replaced two sign, so that who has not heard of the new one yet still verifies. Both files are
/// read again when the history changes. Thread-safe.
final class SigningKeys {
  private static final Logger LOG = LoggerFactory.getLogger(SigningKeys.class);

  private final Path keyFile;
  private final Path historyFile;
  private final InstantSource clock;

  // Replaced as a whole, under the lock of this.
  private volatile Loaded loaded;

  @SuppressWarnings("ArrayRecordComponent") // bytes of a file; never compared
  private record Loaded(byte[] historyBytes, KeyHistory history, List<NoteSigner> signers) {}

  /// @param keyFile private keys, one a line
  /// @throws IOException if a file can not be read
  /// @throws IllegalArgumentException if a file is not what it should be
  SigningKeys(Path keyFile, Path historyFile, InstantSource clock) throws IOException {
    this.keyFile = keyFile;
    this.historyFile = historyFile;
    this.clock = clock;
    this.loaded = load();
  }

  /// Signs a checkpoint with each key whose time it is.
  Note sign(Checkpoint checkpoint) {
    long now = clock.instant().getEpochSecond();
    Loaded keys = loaded;
    List<VerifierKey> current = keys.history.keys(checkpoint.origin(), now);
    Note note = new Note(checkpoint.text(), List.of());
    for (NoteSigner signer : keys.signers) {
      if (current.contains(signer.key().named(checkpoint.origin()))) {
        note = note.with(signer.signAs(checkpoint.origin(), checkpoint.text()));
      }
    }
    if (note.signatures().isEmpty()) {
      throw new IllegalStateException(
          "%s has no key whose time it is; the history is %s".formatted(keyFile, historyFile));
    }
    return note;
  }

  /// The checkpoint of a note, if one of the cell's keys, of now or earlier, has signed it as that
  /// log.
  Optional<Checkpoint> own(String origin, Note note) {
    try {
      Checkpoint checkpoint = Checkpoint.parse(note.text());
      boolean signed =
          checkpoint.origin().equals(origin)
              && loaded.history.entries().stream()
                  .anyMatch(entry -> note.verified(entry.key().named(origin)));
      return signed ? Optional.of(checkpoint) : Optional.empty();
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /// Reads the files again if the history has changed. What can not be read leaves the keys as they
  /// were.
  synchronized void refresh() {
    try {
      if (!java.util.Arrays.equals(Files.readAllBytes(historyFile), loaded.historyBytes)) {
        loaded = load();
        LOG.atInfo().addKeyValue("keys", loaded.signers).log("the signing keys were read again");
      }
    } catch (IOException | IllegalArgumentException e) {
      LOG.atError().setCause(e).log("the signing keys can not be read again; the last ones hold");
    }
  }

  private Loaded load() throws IOException {
    byte[] bytes = Files.readAllBytes(historyFile);
    KeyHistory history = KeyHistory.parse(bytes);
    List<NoteSigner> signers =
        Files.readAllLines(keyFile, StandardCharsets.UTF_8).stream()
            .filter(line -> !line.isBlank())
            .map(line -> NoteSigner.parse(line.strip()))
            .toList();
    boolean complete =
        signers.stream().anyMatch(signer -> signer.key().equals(history.newest().key()));
    if (!complete) {
      throw new IllegalArgumentException(
          "%s lacks the newest key of %s".formatted(keyFile, historyFile));
    }
    return new Loaded(bytes, history, signers);
  }
}
