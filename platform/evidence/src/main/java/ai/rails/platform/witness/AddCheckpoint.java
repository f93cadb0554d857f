package ai.rails.platform.witness;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

import ai.rails.domain.checkpoint.Note;
import ai.rails.domain.ledger.Merkle;
import ai.rails.domain.ledger.Proofs;

/// What a log posts to a witness (C2SP tlog-witness, `add-checkpoint`).
///
/// @param oldSize of the checkpoint that the witness cosigned last, as far as the log knows
/// @param proof that the tree only grew since
/// @param checkpoint the signed note
public record AddCheckpoint(long oldSize, List<byte[]> proof, Note checkpoint) {
  /// Longest body: a note of a log and a hundred cosignatures is far shorter.
  public static final int BYTES_MAX = 64 << 10;

  private static final Pattern OLD = Pattern.compile("old (0|[1-9][0-9]{0,18})");

  public AddCheckpoint {
    proof = List.copyOf(proof);
  }

  /// Reads a body, strictly.
  ///
  /// @throws IllegalArgumentException saying what is wrong with the form
  public static AddCheckpoint parse(byte[] body) {
    if (body.length > BYTES_MAX) {
      throw new IllegalArgumentException("a body has at most %d bytes".formatted(BYTES_MAX));
    }
    String text = utf8(body);
    int blank = text.indexOf("\n\n");
    if (blank < 0) {
      throw new IllegalArgumentException("a body has an empty line before its checkpoint");
    }
    String[] lines = text.substring(0, blank).split("\n", -1);
    if (!OLD.matcher(lines[0]).matches()) {
      throw new IllegalArgumentException("a body begins with: old <size>");
    }
    if (lines.length - 1 > Proofs.HASHES_MAX) {
      throw new IllegalArgumentException(
          "a proof has at most %d hashes".formatted(Proofs.HASHES_MAX));
    }
    var proof = new ArrayList<byte[]>();
    for (int i = 1; i < lines.length; i++) {
      proof.add(hash(lines[i]));
    }
    byte[] note = text.substring(blank + 2).getBytes(StandardCharsets.UTF_8);
    return new AddCheckpoint(size(lines[0]), proof, Note.parse(note));
  }

  public byte[] bytes() {
    var body = new StringBuilder("old ").append(oldSize).append('\n');
    proof.forEach(hash -> body.append(Base64.getEncoder().encodeToString(hash)).append('\n'));
    body.append('\n').append(new String(checkpoint.bytes(), StandardCharsets.UTF_8));
    return body.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static long size(String line) {
    try {
      return Long.parseLong(line.substring("old ".length()));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("no log is that large", e);
    }
  }

  private static byte[] hash(String line) {
    byte[] hash = Base64.getDecoder().decode(line);
    if (hash.length != Merkle.HASH_BYTES
        || !Base64.getEncoder().encodeToString(hash).equals(line)) {
      throw new IllegalArgumentException("a proof's line is a hash in base64");
    }
    return hash;
  }

  private static String utf8(byte[] body) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("a body is UTF-8", e);
    }
  }
}
