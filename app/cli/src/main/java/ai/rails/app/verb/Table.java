package ai.rails.app.verb;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// Aligned columns under a heading. The last column is as wide as it needs to be.
public final class Table {
  private static final String GAP = "  ";

  private final List<List<String>> rows = new ArrayList<>();

  private Table(List<String> head) {
    rows.add(head);
  }

  public static Table of(String... head) {
    return new Table(List.of(head));
  }

  /// @param cells as many as there are columns
  public Table row(Object... cells) {
    if (cells.length != rows.getFirst().size()) {
      throw new IllegalArgumentException("a row has as many cells as the table has columns");
    }
    rows.add(Stream.of(cells).map(cell -> plain(String.valueOf(cell))).toList());
    return this;
  }

  public String text(Palette palette) {
    int[] widths = widths();
    StringBuilder text = new StringBuilder();
    for (int r = 0; r < rows.size(); r++) {
      List<String> cells = rows.get(r);
      StringBuilder line = new StringBuilder();
      for (int c = 0; c < widths.length; c++) {
        boolean last = c == widths.length - 1;
        String cell = last ? cells.get(c) : padded(cells.get(c), widths[c]) + GAP;
        line.append(r == 0 ? cell : palette.cell(cell));
      }
      String whole = line.toString().stripTrailing();
      text.append(r == 0 ? palette.heading(whole) : whole).append(System.lineSeparator());
    }
    return text.toString();
  }

  private int[] widths() {
    int[] widths = new int[rows.getFirst().size()];
    for (List<String> cells : rows) {
      for (int c = 0; c < widths.length; c++) {
        widths[c] = Math.max(widths[c], cells.get(c).length());
      }
    }
    return widths;
  }

  private static String padded(String cell, int width) {
    return cell + " ".repeat(width - cell.length());
  }

  /// What others wrote may not move the cursor.
  static String plain(String text) {
    return text.replaceAll("\\p{Cntrl}", "?");
  }
}
