package ai.rails.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import ai.rails.schema.StepCommand;

/// Collects the step commands that leave in one transaction. Owned by the thread that writes it.
public final class StepCommands {
  private final List<Outgoing> all = new ArrayList<>();

  /// Adds a step command.
  ///
  /// @param traceparent of the command that scheduled the step
  public void add(StepCommand command, Optional<String> traceparent) {
    all.add(new Outgoing(command, traceparent));
  }

  public List<Outgoing> all() {
    return List.copyOf(all);
  }

  /// One step command and the trace it belongs to.
  public record Outgoing(StepCommand command, Optional<String> traceparent) {}
}
