package ai.rails.app.gate;

import java.util.Optional;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Parameters;

import ai.rails.app.gate.Inbox.Found;

/// Which gate of which run a person means.
final class WhichGate {
  @Parameters(
      index = "0",
      paramLabel = "RUN",
      description = "Id, an unambiguous beginning or end of it, or the ticket's number.")
  private String run = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "GATE",
      description = "Which gate, when the run has several.")
  private @Nullable String gate;

  Found in(Inbox inbox) {
    return inbox.find(run, Optional.ofNullable(gate));
  }
}
