package ai.rails.stream.ledger;

import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.Map;

import ai.rails.schema.Topics;
import ai.rails.stream.ledger.TopicStates.TopicState;

/// Which topics a task's logs of one tenant were read from and written to, and how far: what is
/// remembered tells a topic that was made again, or cut, from the one that it was.
record Sources(Map<Stream, TopicState> states) {
  /// The tenant's topics that the ledger touches.
  enum Stream {
    EVENTS,
    LEDGER,
    TILES,
    TREEHEADS;

    String topic(String tenant) {
      return switch (this) {
        case EVENTS -> Topics.events(tenant);
        case LEDGER -> Topics.ledger(tenant);
        case TILES -> Topics.tiles(tenant);
        case TREEHEADS -> Topics.treeHeads(tenant);
      };
    }
  }

  Sources {
    states = states.isEmpty() ? Map.of() : Map.copyOf(new EnumMap<>(states));
  }

  static Sources of(String tenant, Map<String, TopicState> topics) {
    var states = new EnumMap<Stream, TopicState>(Stream.class);
    for (Stream stream : Stream.values()) {
      TopicState state = topics.get(stream.topic(tenant));
      if (state != null) {
        states.put(stream, state);
      }
    }
    return new Sources(states);
  }

  Sources with(Stream stream, TopicState state) {
    var changed = new EnumMap<Stream, TopicState>(Stream.class);
    changed.putAll(states);
    changed.put(stream, state);
    return new Sources(changed);
  }

  /// A line a topic: its kind, its id, its end.
  byte[] bytes() {
    var text = new StringBuilder();
    states.forEach(
        (stream, state) -> text.append("%s %s %d\n".formatted(stream, state.id(), state.end())));
    return text.toString().getBytes(StandardCharsets.UTF_8);
  }

  static Sources read(byte[] bytes) {
    var states = new EnumMap<Stream, TopicState>(Stream.class);
    new String(bytes, StandardCharsets.UTF_8)
        .lines()
        .forEach(line -> {
          String[] words = line.split(" ", -1);
          states.put(Stream.valueOf(words[0]), new TopicState(words[1], Long.parseLong(words[2])));
        });
    return new Sources(states);
  }
}
