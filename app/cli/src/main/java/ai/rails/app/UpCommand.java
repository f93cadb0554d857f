package ai.rails.app;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

import ai.rails.app.verb.Exit;

/// `rails up`: starts everything and stays until it is told to stop.
@Command(
    name = "up",
    description = "Start the installation on this machine.",
    mixinStandardHelpOptions = true)
final class UpCommand implements Callable<Integer> {
  private final Map<String, String> environment;

  @Mixin private DataOption data = new DataOption();

  @Option(
      names = "--detach",
      description = "Return when it is ready; it runs on in the background.")
  private boolean detach;

  @Option(
      names = "--servers",
      paramLabel = "FILE",
      description =
          "Use the Kafka and PostgreSQL that this file names instead of starting them; see"
              + " docs/operating.md.")
  private @Nullable Path servers;

  @Spec private CommandSpec spec = CommandSpec.create();

  UpCommand(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  @Override
  public Integer call() throws InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    DataDirectory directory = data.directory().create();
    if (detach) {
      return new Detached(directory, more(), out, spec.commandLine().getErr()).start();
    }
    return run(directory, out);
  }

  private int run(DataDirectory directory, PrintWriter out) throws InterruptedException {
    try (Session session =
        Session.start(
            directory,
            elsewhere(),
            environment,
            line -> {
              out.println(line);
              out.flush();
            })) {
      out.println("API on " + session.properties().require("command.url"));
      out.println("console " + session.properties().require("console.url"));
      out.println("stop with Ctrl-C, or: rails down --data " + directory.root());
      out.flush();
      session.await();
    }
    return Exit.OK;
  }

  private Elsewhere elsewhere() {
    return Optional.ofNullable(servers).map(Elsewhere::read).orElse(Elsewhere.NOTHING);
  }

  /// What a launcher in the background is told beside its directory.
  private List<String> more() {
    return Optional.ofNullable(servers)
        .map(file -> List.of("--servers", file.toAbsolutePath().toString()))
        .orElse(List.of());
  }
}
