package ai.rails.standin.slack;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

import ai.rails.standin.Ids;

/// What one press of a button lets the app do: open a view once within 3 s, and use the response
/// URL five times within 30 minutes. Not thread safe: [SlackStandIn] owns it under its lock.
final class Triggers {
  private static final Duration TRIGGER_LIFE = Duration.ofSeconds(3);
  private static final Duration RESPONSE_LIFE = Duration.ofMinutes(30);
  private static final int RESPONSES = 5;

  /// The message that a response URL speaks about.
  record Origin(String channel, String ts, Instant until, int usesLeft) {}

  private final Map<String, Trigger> triggers = new HashMap<>();
  private final Map<String, Origin> responses = new HashMap<>();
  private final InstantSource clock;
  private final Ids ids;

  Triggers(InstantSource clock, Ids ids) {
    this.clock = clock;
    this.ids = ids;
  }

  /// Who did something, and until when the app may open a view for him.
  private record Trigger(String userId, Instant until) {}

  String newTrigger(String userId) {
    String trigger = "12321423423.333649436676." + ids.hex(32);
    triggers.put(trigger, new Trigger(userId, clock.instant().plus(TRIGGER_LIFE)));
    return trigger;
  }

  /// @return for whom the view opens
  String use(String id) {
    Trigger trigger = triggers.remove(id);
    if (trigger == null) {
      throw new SlackError("invalid_trigger_id");
    }
    if (clock.instant().isAfter(trigger.until())) {
      throw new SlackError("expired_trigger_id");
    }
    return trigger.userId();
  }

  /// The path of a new response URL for one message.
  String newResponsePath(Workspace workspace, String channel, String ts) {
    String path = "/actions/" + workspace.teamId() + "/" + ids.hex(13) + "/" + ids.alphanumeric(24);
    responses.put(path, new Origin(channel, ts, clock.instant().plus(RESPONSE_LIFE), RESPONSES));
    return path;
  }

  Origin useResponse(String path) {
    Origin origin = responses.get(path);
    if (origin == null) {
      throw new SlackError("no_such_url");
    }
    if (clock.instant().isAfter(origin.until())) {
      throw new SlackError("expired_url");
    }
    if (origin.usesLeft() == 0) {
      throw new SlackError("used_url");
    }
    responses.put(
        path, new Origin(origin.channel(), origin.ts(), origin.until(), origin.usesLeft() - 1));
    return origin;
  }
}
