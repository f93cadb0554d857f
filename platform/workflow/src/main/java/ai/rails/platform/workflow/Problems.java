package ai.rails.platform.workflow;

import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.Node;

/// Collects what is wrong, and knows where in the file everything stands. One thread owns it.
final class Problems {
  private static final int MAX_ERRORS = 100;

  private final String file;
  private final Set<WorkflowError> errors = new LinkedHashSet<>();
  private final Map<String, Node> places = new HashMap<>();

  Problems(String file) {
    this.file = file;
  }

  /// Remembers where the thing of this path stands, for example `steps.fetch.with.sys_id`.
  void place(String path, Node node) {
    places.put(path, node);
  }

  /// Where the thing of exactly this path stands.
  Optional<SourcePlace> placeOf(String path) {
    return Optional.ofNullable(places.get(path))
        .flatMap(Node::getStartMark)
        .map(mark -> new SourcePlace(mark.getLine() + 1, mark.getColumn() + 1));
  }

  void at(Node node, String message, String expected) {
    Mark mark = node.getStartMark().orElseThrow();
    add(mark.getLine() + 1, mark.getColumn() + 1, message, expected);
  }

  /// Reports at a path, or at the nearest thing around it.
  void at(String path, String message, String expected) {
    String near = path;
    while (!places.containsKey(near)) {
      int dot = near.lastIndexOf('.');
      if (dot < 0) {
        add(1, 1, message, expected);
        return;
      }
      near = near.substring(0, dot);
    }
    at(Objects.requireNonNull(places.get(near)), message, expected);
  }

  void add(int line, int column, String message, String expected) {
    if (errors.size() < MAX_ERRORS) {
      String text = "%s; expected %s".formatted(message, expected).replaceAll("\\s+", " ");
      errors.add(new WorkflowError(file, line, column, text));
    }
  }

  boolean any() {
    return !errors.isEmpty();
  }

  WorkflowErrors toErrors() {
    List<WorkflowError> sorted =
        errors.stream()
            .sorted(
                Comparator.comparingInt(WorkflowError::line)
                    .thenComparingInt(WorkflowError::column))
            .toList();
    return new WorkflowErrors(sorted);
  }
}
