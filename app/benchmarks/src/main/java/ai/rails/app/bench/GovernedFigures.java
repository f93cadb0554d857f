package ai.rails.app.bench;

import java.util.Map;

import com.fasterxml.jackson.annotation.JsonIgnore;

/// What the governed engine does beside its runs.
///
/// @param readyColdSeconds to READY in an empty directory
/// @param readyAgainSeconds to READY in the same directory, stopped before
/// @param idleProcessors how many processors it keeps busy while nobody asks anything of it
/// @param eventsPerSecond events that were recorded a second while loaded
/// @param commands what the write side takes alone
/// @param lag stage to how far behind the store it was while loaded
/// @param drain stage to how fast it took what the commands had left behind
/// @param memory process to what it holds after the load
public record GovernedFigures(
    double readyColdSeconds,
    double readyAgainSeconds,
    double idleProcessors,
    Trial trial,
    double eventsPerRun,
    double eventsPerSecond,
    Commands commands,
    Map<String, Latency> lag,
    Map<String, Drain> drain,
    Map<String, ProcessFigures> memory) {
  public GovernedFigures {
    lag = Map.copyOf(lag);
    drain = Map.copyOf(drain);
    memory = Map.copyOf(memory);
  }

  /// Commands that append one event each, from so many callers, all of one workspace.
  ///
  /// @param lastPosition of the workspace, when the last command was answered
  public record Commands(
      int callers, int commands, double commandsPerSecond, @JsonIgnore long lastPosition) {}

  /// @param backlogEvents not yet taken when the last command was answered
  /// @param eventsPerSecond how fast they were taken, new ones having stopped
  public record Drain(long backlogEvents, double seconds, double eventsPerSecond) {
    static Drain of(long backlogEvents, double seconds) {
      return new Drain(backlogEvents, seconds, seconds > 0 ? backlogEvents / seconds : 0);
    }
  }
}
