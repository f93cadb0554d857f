package ai.rails.app.run;

import java.util.Optional;
import java.util.concurrent.Callable;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import ai.rails.app.reveal.RevealText;
import ai.rails.app.reveal.Revealed;
import ai.rails.app.verb.Caller;
import ai.rails.app.verb.Client;
import ai.rails.app.verb.Exit;
import ai.rails.app.verb.Persona;

/// `rails run reveal`.
@Command(
    name = "reveal",
    description = {
      "Show sealed content of a run to an auditor: a worker seals it to this command alone.",
      "That you saw it is in the log before you do."
    },
    mixinStandardHelpOptions = true)
final class RunReveal implements Callable<Integer> {
  @Mixin private Caller caller = new Caller();
  @Mixin private RunCommand.Which which = new RunCommand.Which();

  @ArgGroup(multiplicity = "1")
  private Content content = new Content();

  /// What of it.
  static final class Content {
    @Option(names = "--call", paramLabel = "STEP", description = "The call that a step made.")
    private @Nullable String call;

    @Option(names = "--output", paramLabel = "STEP", description = "What a step gave.")
    private @Nullable String output;

    @Option(names = "--input", paramLabel = "NAME", description = "A sealed input.")
    private @Nullable String input;

    @Option(names = "--gate", paramLabel = "GATE", description = "What a gate asks about.")
    private @Nullable String gate;

    @Option(names = "--thread", paramLabel = "GATE", description = "What was asked and answered.")
    private @Nullable String thread;
  }

  @Override
  public Integer call() {
    Client client = caller.as(Persona.AUDITOR);
    String run = which.id(client);
    caller.show(asked(new Revealed(client), run), RevealText::of);
    return Exit.OK;
  }

  private JsonNode asked(Revealed revealed, String run) {
    if (content.call != null) {
      return revealed.of(run, "CALL", content.call, Optional.empty());
    }
    if (content.output != null) {
      return revealed.of(run, "OUTPUT", content.output, Optional.empty());
    }
    if (content.input != null) {
      return revealed.of(run, "INPUT", content.input, Optional.empty());
    }
    if (content.thread != null) {
      return revealed.of(run, "THREAD", content.thread, Optional.empty());
    }
    return revealed.of(
        run, "GATE", Optional.ofNullable(content.gate).orElseThrow(), Optional.empty());
  }
}
