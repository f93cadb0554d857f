package ai.rails.app.bench.once;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

import com.fasterxml.jackson.databind.JsonNode;

/// Keeps a number of runs going, and does what a person has to do for those that ask: looks into
/// the sink and says whether a call was done. Confined to one thread.
final class Driver {
  private static final Duration LOOK = Duration.ofMillis(250);
  private static final Duration EACH = Duration.ofSeconds(3);

  /// A person looks when nothing can come late any more.
  private static final Duration DECIDE = Duration.ofSeconds(20);

  private static final int STEPS = 8;
  private static final List<String> ENDS = List.of("COMPLETED", "FAILED", "CANCELLED");

  private final Caller caller;
  private final Battered cell;
  private final Consumer<String> progress;
  private final Map<String, Flying> flying = new HashMap<>();
  private final Map<String, Long> asked = new HashMap<>();
  private int started;
  private int people;
  private int retried;

  /// A run that goes on.
  private static final class Flying {
    private long lookAt;
  }

  Driver(Caller caller, Battered cell, Consumer<String> progress) {
    this.caller = caller;
    this.cell = cell;
    this.progress = progress;
  }

  /// Runs that were left by an earlier sitting go on with the others.
  void take(List<JsonNode> runs) {
    runs.stream()
        .filter(run -> !ENDS.contains(run.path("status").asText()))
        .forEach(run -> flying.put(run.path("run").asText(), new Flying()));
  }

  /// @param calls stop starting runs when that many have been asked for
  /// @return false if the limit passed first
  boolean drive(int calls, int concurrency, Duration limit) {
    long end = System.nanoTime() + limit.toNanos();
    int runs = Math.ceilDiv(calls, STEPS);
    String key = UUID.randomUUID().toString();
    long told = System.nanoTime();
    while (System.nanoTime() < end && started < runs) {
      if (flying.size() < concurrency) {
        Optional<String> run = caller.start(key, started);
        if (run.isPresent()) {
          flying.put(run.get(), new Flying());
          started++;
          key = UUID.randomUUID().toString();
          continue;
        }
      }
      look();
      if (System.nanoTime() - told > Duration.ofSeconds(20).toNanos()) {
        told = System.nanoTime();
        progress.accept("%s of %s runs started, %s going".formatted(started, runs, flying.size()));
      }
      LockSupport.parkNanos(LOOK.toNanos());
    }
    return started >= runs;
  }

  /// Waits until every run has ended.
  ///
  /// @return the runs that have not
  List<String> settle(Duration limit) {
    long end = System.nanoTime() + limit.toNanos();
    while (!flying.isEmpty() && System.nanoTime() < end) {
      look();
      LockSupport.parkNanos(LOOK.toNanos());
    }
    return List.copyOf(flying.keySet());
  }

  /// How often a person had to say what became of a call.
  int people() {
    return people;
  }

  /// How often a person let a dead letter be tried again.
  int retried() {
    return retried;
  }

  private void look() {
    long now = System.nanoTime();
    for (String run : List.copyOf(flying.keySet())) {
      Flying each = flying.get(run);
      if (each != null && now - each.lookAt > 0) {
        each.lookAt = now + EACH.toNanos();
        caller.run(run).ifPresent(shown -> advance(run, shown));
      }
    }
  }

  private void advance(String run, JsonNode shown) {
    if (ENDS.contains(shown.path("status").asText())) {
      flying.remove(run);
      return;
    }
    for (JsonNode step : shown.path("steps")) {
      switch (step.path("status").asText()) {
        case "AMBIGUOUS" -> decide(run, step.path("step").asText());
        case "DEAD" -> {
          retried++;
          caller.retry(run);
        }
        default -> {}
      }
    }
  }

  /// Done if the sink says so, else it is run again: what a person would find out.
  private void decide(String run, String step) {
    long first = asked.computeIfAbsent(run + "/" + step, _ -> System.nanoTime());
    if (System.nanoTime() - first < DECIDE.toNanos()) {
      return;
    }
    List<JsonNode> open =
        caller.events(run).stream()
            .filter(entry -> entry.path("entryType").asText().equals("TOOL_ACTION_INTENDED"))
            .map(entry -> entry.path("event"))
            .filter(event -> event.path("step").asText().equals(step))
            .toList();
    if (open.isEmpty()) {
      return;
    }
    JsonNode last = open.getLast();
    int group = last.path("attemptGroup").asInt(1);
    String marker =
        group == 1
            ? "[airails:%s/%s]".formatted(run, step)
            : "[airails:%s/%s/%s]".formatted(run, step, group);
    boolean done =
        cell.sink().effects().stream()
            .anyMatch(effect -> effect.path("marker").asText().equals(marker));
    people++;
    asked.remove(run + "/" + step);
    caller.resolve(run, last.path("callId").asText(), done ? "DONE" : "RUN_AGAIN");
  }
}
