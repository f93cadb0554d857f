package ai.rails.app.run;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

import com.fasterxml.jackson.databind.JsonNode;

import ai.rails.app.verb.Caller;
import ai.rails.app.verb.Client;
import ai.rails.app.verb.Exit;
import ai.rails.app.verb.Times;

/// Follows a run to its end and tells its story. Ending the program ends nothing but the telling.
final class Watch {
  private static final Duration APPEARS = Duration.ofSeconds(20);
  private static final long PAUSE_NANOS = Duration.ofMillis(200).toNanos();

  private final Caller caller;
  private final Client client;
  private boolean well;

  Watch(Caller caller, Client client) {
    this.caller = caller;
    this.client = client;
  }

  /// A run that was just started shows up in the views a moment later.
  void awaitRun(String run) {
    long end = System.nanoTime() + APPEARS.toNanos();
    while (client.find("/v1/runs/" + run).isEmpty() && System.nanoTime() < end) {
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  /// @return 0 if the run completed, 1 if it ended otherwise
  int untilEnd(String run) {
    Story story = new Story(Times.here(), caller.palette());
    client.follow(
        "/v1/runs/" + run + "/events/stream",
        entry -> {
          tell(story, entry);
          well = Story.endsWell(entry);
          return !Story.ends(entry);
        });
    return well ? Exit.OK : Exit.FAILED;
  }

  private void tell(Story story, JsonNode entry) {
    if (caller.isJson()) {
      caller.out().println(entry);
    } else {
      story.line(entry).ifPresent(caller.out()::println);
    }
    caller.out().flush();
  }
}
