package ai.rails.domain.ledger;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The name of a tile as C2SP tlog-tiles has it: `tile/<level>/<index>` and `.p/<width>` if it is
/// not full, where the index is written in groups of three digits, `x001/x234/067`.
///
/// @param level 0 to 7; a hash in it stands for `256^level` entries
/// @param index from 0
/// @param width how many hashes it has, 1 to 256
public record TilePath(int level, long index, int width) {
  /// How many hashes a full tile has.
  public static final int FULL = 256;

  /// How many levels of the tree a tile spans.
  public static final int HEIGHT = 8;

  private static final int LEVEL_MAX = 7;
  private static final Pattern FORM =
      Pattern.compile("tile/(0|[1-7])/((?:x[0-9]{3}/){0,5}[0-9]{3})(?:\\.p/([1-9][0-9]{0,2}))?");

  public TilePath {
    if (level < 0 || level > LEVEL_MAX || index < 0 || width < 1 || width > FULL) {
      throw new IllegalArgumentException(
          "no tile has level %d, index %d and width %d".formatted(level, index, width));
    }
  }

  /// The widest tile at this place in a tree of that size.
  ///
  /// @throws IllegalArgumentException if the tree has none there
  public static TilePath in(long size, int level, long index) {
    long hashes = (size >> (level * HEIGHT)) - (index << HEIGHT);
    if (hashes < 1) {
      throw new IllegalArgumentException(
          "a tree of %d entries has no tile %d/%d".formatted(size, level, index));
    }
    return new TilePath(level, index, (int) Math.min(hashes, FULL));
  }

  /// @throws IllegalArgumentException if it is no tile's path in the one canonical form
  public static TilePath parse(String path) {
    Matcher matcher = FORM.matcher(path);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("no tile's path");
    }
    String width = matcher.group(3);
    var tile =
        new TilePath(
            Integer.parseInt(matcher.group(1)),
            Long.parseLong(matcher.group(2).replace("x", "").replace("/", "")),
            width == null ? FULL : Integer.parseInt(width));
    if (!tile.toString().equals(path)) {
      throw new IllegalArgumentException("a tile's path, but not in canonical form");
    }
    return tile;
  }

  public boolean full() {
    return width == FULL;
  }

  /// The index as tiles and entry bundles write it.
  public static String digits(long index) {
    var text = new StringBuilder(group(index));
    for (long rest = index / 1_000; rest > 0; rest /= 1_000) {
      text.insert(0, "x" + group(rest) + "/");
    }
    return text.toString();
  }

  /// The last three digits, in ASCII whatever the locale.
  private static String group(long index) {
    return Long.toString(1_000 + index % 1_000).substring(1);
  }

  @Override
  public String toString() {
    return "tile/%s/%s%s".formatted(level, digits(index), full() ? "" : ".p/" + width);
  }
}
