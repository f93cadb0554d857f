package ai.rails.domain.checkpoint;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// A signed note (C2SP signed-note): a text and the signatures under it. Reading one verifies
/// nothing; ask [#verified(VerifierKey)] before believing the text.
///
/// @param text with its last newline
public record Note(String text, List<NoteSignature> signatures) {
  /// Longest note, in bytes.
  public static final int BYTES_MAX = 1_000_000;

  /// Most signatures under a note.
  public static final int SIGNATURES_MAX = 100;

  public Note {
    signatures = List.copyOf(signatures);
  }

  /// @throws IllegalArgumentException saying what is wrong with the form
  public static Note parse(byte[] bytes) {
    if (bytes.length > BYTES_MAX) {
      throw new IllegalArgumentException(
          "a note has at most %d bytes, this one %d".formatted(BYTES_MAX, bytes.length));
    }
    String note = utf8(bytes);
    if (note.chars().anyMatch(c -> c < ' ' && c != '\n')) {
      throw new IllegalArgumentException("a note has no control characters but newlines");
    }
    int blank = note.lastIndexOf("\n\n");
    if (blank < 0 || !note.endsWith("\n") || blank + 2 == note.length()) {
      throw new IllegalArgumentException("a note is a text, an empty line and signature lines");
    }
    String[] lines = note.substring(blank + 2, note.length() - 1).split("\n", -1);
    if (lines.length > SIGNATURES_MAX) {
      throw new IllegalArgumentException(
          "a note has at most %d signatures".formatted(SIGNATURES_MAX));
    }
    var signatures = new ArrayList<NoteSignature>();
    for (String line : lines) {
      signatures.add(NoteSignature.parse(line));
    }
    return new Note(note.substring(0, blank + 1), signatures);
  }

  public byte[] bytes() {
    var note = new StringBuilder(text).append('\n');
    signatures.forEach(signature -> note.append(signature.line()));
    return note.toString().getBytes(StandardCharsets.UTF_8);
  }

  /// The same note with one more signature; one by the same key is replaced.
  public Note with(NoteSignature signature) {
    var all = new ArrayList<>(signatures);
    all.removeIf(
        old -> old.keyId() == signature.keyId() && old.keyName().equals(signature.keyName()));
    all.add(signature);
    return new Note(text, all);
  }

  /// Whether the key has signed.
  ///
  /// @return false if it has not
  /// @throws IllegalArgumentException if a signature says to be by the key and is not: then the
  ///   whole note is to be refused
  public boolean verified(VerifierKey key) {
    return signatureOf(key).isPresent();
  }

  /// The key's signature, verified.
  ///
  /// @throws IllegalArgumentException if a signature says to be by the key and is not
  public Optional<NoteSignature> signatureOf(VerifierKey key) {
    Optional<NoteSignature> found = Optional.empty();
    for (NoteSignature signature : signatures) {
      if (found.isEmpty() && signature.by(key)) {
        if (!key.verifies(text, signature.signature())) {
          throw new IllegalArgumentException(
              "the signature by %s does not verify".formatted(key.name()));
        }
        found = Optional.of(signature);
      }
    }
    return found;
  }

  private static String utf8(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("a note is UTF-8", e);
    }
  }
}
