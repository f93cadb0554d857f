package ai.rails.domain.checkpoint;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

import ai.rails.domain.ledger.Merkle;

/// The state of a log at a size (C2SP tlog-checkpoint): the text that log and witnesses sign.
///
/// @param origin name of the log
/// @param size how many entries
/// @param root of the Merkle tree over them
/// @param extensions further lines; ours have none
@SuppressWarnings("ArrayRecordComponent") // equals and hashCode are written below
public record Checkpoint(String origin, long size, byte[] root, List<String> extensions) {
  private static final Pattern SIZE = Pattern.compile("0|[1-9][0-9]{0,18}");

  public Checkpoint {
    if (origin.isEmpty() || origin.indexOf('\n') >= 0) {
      throw new IllegalArgumentException("a checkpoint's origin is one line");
    }
    if (size < 0 || root.length != Merkle.HASH_BYTES) {
      throw new IllegalArgumentException("a checkpoint has a size and a root of 32 bytes");
    }
    root = root.clone();
    extensions = List.copyOf(extensions);
  }

  public Checkpoint(String origin, long size, byte[] root) {
    this(origin, size, root, List.of());
  }

  /// @throws IllegalArgumentException if the text is no checkpoint
  public static Checkpoint parse(String text) {
    String[] lines = text.split("\n", -1);
    if (lines.length < 4 || !lines[lines.length - 1].isEmpty()) {
      throw new IllegalArgumentException(
          "a checkpoint is an origin, a size and a root, each a line");
    }
    List<String> extensions = List.of(lines).subList(3, lines.length - 1);
    if (extensions.stream().anyMatch(String::isEmpty)) {
      throw new IllegalArgumentException("a checkpoint has no empty line");
    }
    return new Checkpoint(lines[0], size(lines[1]), Base64s.decode(lines[2]), extensions);
  }

  @Override
  public byte[] root() {
    return root.clone();
  }

  /// The signed text, each line with its newline.
  public String text() {
    var text = new StringBuilder();
    text.append(origin).append('\n').append(size).append('\n');
    text.append(Base64s.encode(root)).append('\n');
    extensions.forEach(line -> text.append(line).append('\n'));
    return text.toString();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Checkpoint that
        && origin.equals(that.origin)
        && size == that.size
        && Arrays.equals(root, that.root)
        && extensions.equals(that.extensions);
  }

  @Override
  public int hashCode() {
    return 31 * origin.hashCode() + Long.hashCode(size);
  }

  private static long size(String text) {
    if (!SIZE.matcher(text).matches()) {
      throw new IllegalArgumentException("a checkpoint's size is a decimal number");
    }
    return Long.parseLong(text);
  }
}
