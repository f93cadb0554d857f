package ai.rails.app.ledger;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import ai.rails.app.embedded.PrivateFile;
import ai.rails.app.embedded.Unavailable;
import ai.rails.app.http.Api;
import ai.rails.app.verb.Caller;
import ai.rails.app.verb.Client;
import ai.rails.app.verb.Exit;
import ai.rails.app.verb.Persona;
import ai.rails.app.verb.Times;
import ai.rails.domain.checkpoint.Note;

/// `rails ledger watch`: ends with 1, and says so loudly, if the log ever breaks its promise.
@Command(
    name = "watch",
    description =
        "Follow a log's checkpoints and check that each goes on from the one before. Keep --state on"
            + " another machine than the log's.",
    mixinStandardHelpOptions = true)
public final class WatchCommand implements Callable<Integer> {
  @Mixin private Caller caller = new Caller();
  @Mixin private PolicyOption policy = new PolicyOption();

  @Option(
      names = "--state",
      paramLabel = "FILE",
      description = "Keeps the last checkpoint seen; without it, memory does.")
  private @Nullable Path state;

  @Option(names = "--once", description = "Look once and return.")
  private boolean once;

  @Option(
      names = "--every",
      paramLabel = "SECONDS",
      defaultValue = "2",
      description = "How often to look (default: ${DEFAULT-VALUE}).")
  private int seconds = 2;

  @Override
  public Integer call() {
    if (seconds < 1) {
      throw caller.usage("--every is at least one second");
    }
    Client client = caller.as(Persona.AUDITOR);
    Monitor monitor = new Monitor(client, client.workspace(), policy.policy(caller));
    Optional<Note> last = kept();
    try {
      while (true) {
        Monitor.Seen seen = monitor.look(last);
        if (last.isEmpty() || seen.grown() > 0 || once) {
          tell(seen, last.isPresent());
          keep(seen.newest());
          last = Optional.of(seen.newest());
        }
        if (once) {
          return Exit.OK;
        }
        LockSupport.parkNanos(Duration.ofSeconds(seconds).toNanos());
      }
    } catch (Monitor.Broken e) {
      alarm(e.getMessage());
      return Exit.FAILED;
    }
  }

  private void tell(Monitor.Seen seen, boolean compared) {
    Map<String, Object> told = new LinkedHashMap<>();
    told.put("size", seen.checkpoint().size());
    told.put("grown", seen.grown());
    told.put("consistent", compared);
    told.put("origin", seen.checkpoint().origin());
    caller.show(
        Api.JSON.valueToTree(told),
        _ ->
            "%s  %d entries%s%n"
                .formatted(
                    Times.here().clock(System.currentTimeMillis()),
                    seen.checkpoint().size(),
                    compared
                        ? ", %d more; goes on from before".formatted(seen.grown())
                        : "; the first seen"));
  }

  /// @param why one sentence
  private void alarm(@Nullable String why) {
    caller.show(
        Api.JSON.createObjectNode().put("alarm", why),
        shown ->
            "%n*** ALARM: %s ***%nKeep the state file and the log's checkpoint: they are the proof.%n"
                .formatted(shown.path("alarm").asText()));
  }

  private Optional<Note> kept() {
    try {
      return state == null || Files.notExists(state)
          ? Optional.empty()
          : Optional.of(Note.parse(Files.readAllBytes(state)));
    } catch (IOException | IllegalArgumentException e) {
      throw new Unavailable(
          "%s is no checkpoint; remove it only if you know why".formatted(state), e);
    }
  }

  private void keep(Note note) {
    if (state != null) {
      PrivateFile.write(state, note.bytes());
    }
  }
}
