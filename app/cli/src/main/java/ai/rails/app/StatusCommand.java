package ai.rails.app;

import java.io.PrintWriter;
import java.util.concurrent.Callable;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import ai.rails.app.embedded.Unavailable;
import ai.rails.app.verb.Exit;
import ai.rails.app.verb.OutputFormat;

/// `rails status`: 0 all up, 1 something is down, 3 nothing runs.
@Command(
    name = "status",
    description = "Show what runs and how it is.",
    mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {
  @Mixin private DataOption data = new DataOption();

  @Option(names = "-o", paramLabel = "FORMAT", description = "text or json.")
  private OutputFormat format = OutputFormat.TEXT;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws JsonProcessingException {
    DataDirectory directory = data.directory();
    Installation installation =
        Installation.ask(directory)
            .orElseThrow(() ->
                new Unavailable(
                    "nothing answers for %s; start it with: rails up".formatted(directory.root())));
    PrintWriter out = spec.commandLine().getOut();
    switch (format) {
      case JSON -> out.println(new ObjectMapper().writeValueAsString(installation));
      case TEXT -> {
        out.printf("%s (pid %d)%n", installation.state(), installation.pid());
        installation.parts().forEach(part -> out.printf("%-12s %s%n", part.name(), part.health()));
        installation.figures().forEach((name, value) -> out.printf("%-30s %,12d%n", name, value));
      }
    }
    return installation.healthy() ? Exit.OK : Exit.FAILED;
  }
}
