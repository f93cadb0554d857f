package ai.rails.platform.workflow;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.Node;

/// Reads YAML into nodes that know their place, within limits: 256 KiB, one document, 32 levels, no
/// anchors and no aliases.
final class YamlSource {
  static final int MAX_BYTES = 256 << 10;

  private static final int MAX_DEPTH = 32;

  private YamlSource() {}

  static Optional<Node> read(String file, String yaml, Problems problems) {
    if (yaml.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
      problems.add(1, 1, "the file is longer than 256 KiB", "a smaller workflow");
      return Optional.empty();
    }
    LoadSettings settings =
        LoadSettings.builder().setLabel(file).setCodePointLimit(MAX_BYTES).build();
    try {
      if (!isPlain(yaml, settings, problems)) {
        return Optional.empty();
      }
      Optional<Node> node = new Compose(settings).composeString(yaml);
      if (node.isEmpty()) {
        problems.add(1, 1, "the file is empty", "a workflow");
      }
      return node;
    } catch (MarkedYamlEngineException e) {
      Optional<Mark> mark = e.getProblemMark();
      problems.add(
          mark.map(Mark::getLine).orElse(0) + 1,
          mark.map(Mark::getColumn).orElse(0) + 1,
          "this is not YAML: " + e.getProblem(),
          "well-formed YAML");
    } catch (YamlEngineException e) {
      problems.add(1, 1, "this is not YAML", "one well-formed YAML document");
    }
    return Optional.empty();
  }

  // Looks at events before anything is built of them.
  private static boolean isPlain(String yaml, LoadSettings settings, Problems problems) {
    int depth = 0;
    int documents = 0;
    for (Event event : new Parse(settings).parseString(yaml)) {
      switch (event.getEventId()) {
        case DocumentStart -> documents++;
        case MappingStart, SequenceStart -> depth++;
        case MappingEnd, SequenceEnd -> depth--;
        default -> {}
      }
      Optional<String> wrong = wrong(event, depth, documents);
      if (wrong.isPresent()) {
        Mark mark = event.getStartMark().orElseThrow();
        problems.add(
            mark.getLine() + 1,
            mark.getColumn() + 1,
            wrong.get(),
            "plain YAML, each value written");
        return false;
      }
    }
    return true;
  }

  private static Optional<String> wrong(Event event, int depth, int documents) {
    if (event.getEventId() == Event.ID.Alias
        || (event instanceof NodeEvent node && node.getAnchor().isPresent())) {
      return Optional.of("anchors and aliases are not allowed");
    }
    if (documents > 1) {
      return Optional.of("there is a second document");
    }
    return depth > MAX_DEPTH
        ? Optional.of("it is nested deeper than %d levels".formatted(MAX_DEPTH))
        : Optional.empty();
  }
}
