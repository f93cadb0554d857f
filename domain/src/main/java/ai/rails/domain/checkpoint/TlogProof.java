package ai.rails.domain.checkpoint;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

import ai.rails.domain.ledger.Proofs;

/// That an entry is in a log (C2SP tlog-proof@v1), with the checkpoint it is proved against.
///
/// @param extra opaque and not authenticated
/// @param index of the entry, from 0
/// @param hashes of the inclusion proof, the leaf's sibling first
/// @param checkpoint the signed note
public record TlogProof(Optional<String> extra, long index, List<byte[]> hashes, Note checkpoint) {
  private static final String HEADER = "c2sp.org/tlog-proof@v1";
  private static final Pattern INDEX = Pattern.compile("index (0|[1-9][0-9]{0,18})");

  public TlogProof {
    hashes = List.copyOf(hashes);
  }

  /// @throws IllegalArgumentException saying what is wrong with the form
  public static TlogProof parse(byte[] bytes) {
    if (bytes.length > Note.BYTES_MAX) {
      throw new IllegalArgumentException("a proof has at most %d bytes".formatted(Note.BYTES_MAX));
    }
    String proof = new String(bytes, StandardCharsets.UTF_8);
    int blank = proof.indexOf("\n\n");
    if (blank < 0) {
      throw new IllegalArgumentException("a proof has an empty line before its checkpoint");
    }
    var lines = new ArrayList<>(List.of(proof.substring(0, blank).split("\n", -1)));
    if (!lines.removeFirst().equals(HEADER)) {
      throw new IllegalArgumentException("a proof begins with " + HEADER);
    }
    Optional<String> extra = Optional.empty();
    if (!lines.isEmpty() && lines.getFirst().startsWith("extra ")) {
      extra = Optional.of(lines.removeFirst().substring("extra ".length()));
      Base64s.decode(extra.get());
    }
    if (lines.isEmpty() || !INDEX.matcher(lines.getFirst()).matches()) {
      throw new IllegalArgumentException("a proof names the index of its entry");
    }
    long index = Long.parseLong(lines.removeFirst().substring("index ".length()));
    if (lines.size() > Proofs.HASHES_MAX) {
      throw new IllegalArgumentException(
          "a proof has at most %d hashes".formatted(Proofs.HASHES_MAX));
    }
    byte[] note = proof.substring(blank + 2).getBytes(StandardCharsets.UTF_8);
    return new TlogProof(
        extra, index, lines.stream().map(Base64s::decode).toList(), Note.parse(note));
  }

  public byte[] bytes() {
    var proof = new StringBuilder(HEADER).append('\n');
    extra.ifPresent(data -> proof.append("extra ").append(data).append('\n'));
    proof.append("index ").append(index).append('\n');
    hashes.forEach(hash -> proof.append(Base64s.encode(hash)).append('\n'));
    proof.append('\n').append(new String(checkpoint.bytes(), StandardCharsets.UTF_8));
    return proof.toString().getBytes(StandardCharsets.UTF_8);
  }

  /// Whether the entry with this leaf hash is in the tree of the checkpoint. Says nothing of the
  /// checkpoint's signatures: [TlogPolicy] does.
  public boolean includes(byte[] leafHash) {
    Checkpoint tree = Checkpoint.parse(checkpoint.text());
    return Proofs.includes(leafHash, index, tree.size(), hashes, tree.root());
  }
}
