package ai.rails.app.verb;

import java.util.ArrayList;
import java.util.List;

/// Labels and values, one a line, the values aligned.
public final class Facts {
  private record Fact(String label, String value) {}

  private static final String INDENT = "  ";

  private final List<Fact> facts = new ArrayList<>();

  /// Adds a line; without a value it adds none.
  public Facts add(String label, String value) {
    if (!value.isEmpty()) {
      facts.add(new Fact(Table.plain(label), Table.plain(value)));
    }
    return this;
  }

  public String text() {
    int width = facts.stream().mapToInt(fact -> fact.label().length()).max().orElse(0);
    StringBuilder text = new StringBuilder();
    for (Fact fact : facts) {
      text.append(INDENT)
          .append(fact.label())
          .append(" ".repeat(width - fact.label().length()))
          .append(INDENT)
          .append(fact.value())
          .append(System.lineSeparator());
    }
    return text.toString();
  }
}
