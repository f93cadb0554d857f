package ai.rails.standin.slack;

import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import ai.rails.standin.Journal;
import ai.rails.standin.Json;

/// The messages of every channel by `ts`; each change is in the journal before it shows. Not thread
/// safe: [SlackStandIn] owns it under its lock.
final class Conversations {
  static final String POSTED = "message_posted";
  static final String UPDATED = "message_updated";
  static final String DELETED = "message_deleted";

  private final Map<String, NavigableMap<String, ObjectNode>> channels = new HashMap<>();
  private final Journal journal;
  private final InstantSource clock;
  private long lastMicros;

  /// Reads the state back from the journal.
  Conversations(Journal journal, InstantSource clock) {
    this.journal = journal;
    this.clock = clock;
    for (JsonNode entry : journal.entries()) {
      if (List.of(POSTED, UPDATED, DELETED).contains(entry.path("kind").asText())) {
        apply(entry.path("kind").asText(), entry.path("facts"));
      }
    }
  }

  /// A `ts` that no message of the workspace has: seconds and microseconds, always growing.
  String nextTs() {
    Instant now = clock.instant();
    lastMicros = Math.max(now.getEpochSecond() * 1_000_000 + now.getNano() / 1000, lastMicros + 1);
    return "%010d.%06d".formatted(lastMicros / 1_000_000, lastMicros % 1_000_000);
  }

  void post(String channel, ObjectNode message) {
    commit(POSTED, channel, message);
  }

  void update(String channel, ObjectNode message) {
    commit(UPDATED, channel, message);
  }

  void delete(String channel, ObjectNode message) {
    commit(DELETED, channel, message);
  }

  Optional<ObjectNode> find(String channel, String ts) {
    return Optional.ofNullable(messages(channel).get(ts));
  }

  /// Newest first.
  List<ObjectNode> newestFirst(String channel) {
    return List.copyOf(messages(channel).descendingMap().values());
  }

  private NavigableMap<String, ObjectNode> messages(String channel) {
    return channels.computeIfAbsent(channel, _ -> new TreeMap<>());
  }

  private void commit(String kind, String channel, ObjectNode message) {
    ObjectNode facts = Json.object().put("channel", channel);
    facts.set("message", message);
    journal.effect(kind, facts);
    apply(kind, facts);
  }

  private void apply(String kind, JsonNode facts) {
    ObjectNode message = facts.path("message").deepCopy();
    String ts = message.path("ts").asText();
    if (kind.equals(DELETED)) {
      messages(facts.path("channel").asText()).remove(ts);
    } else {
      messages(facts.path("channel").asText()).put(ts, message);
    }
    lastMicros = Math.max(lastMicros, Long.parseLong(ts.replace(".", "")));
  }
}
