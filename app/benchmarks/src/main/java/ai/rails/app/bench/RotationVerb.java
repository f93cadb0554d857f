package ai.rails.app.bench;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import ai.rails.app.bench.rotation.RotationBench;
import ai.rails.app.bench.rotation.RotationFigures;

/// `rails bench rotation`.
@Command(
    name = "rotation",
    description = "Attest workers to their keys and rotate all of their leases while runs go on.",
    mixinStandardHelpOptions = true)
final class RotationVerb implements Callable<Integer> {
  private final PrintStream out;
  private final Consumer<String> progress;

  @Option(names = "-o", paramLabel = "FORMAT", description = "text or json.")
  private OutputFormat format = OutputFormat.TEXT;

  @Option(
      names = "--workers",
      defaultValue = "1000",
      description = "Leases to rotate, 1 to 10000 (default: ${DEFAULT-VALUE}).")
  private int workers = 1000;

  @Option(
      names = "--runs",
      defaultValue = "20",
      description = "Runs that go on meanwhile, 1 to 1000 (default: ${DEFAULT-VALUE}).")
  private int runs = 20;

  @Option(
      names = "--concurrency",
      defaultValue = "8",
      description = "Workers that ask at the same time, 1 to 64 (default: ${DEFAULT-VALUE}).")
  private int concurrency = 8;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "${env:AIRAILS_DATA:-data}",
      description = "Works in a new directory inside and removes it (default: ${DEFAULT-VALUE}).")
  private Path data = Path.of("data");

  @Spec private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  RotationVerb(PrintStream out, Consumer<String> progress) {
    this.out = out;
    this.progress = progress;
  }

  @Override
  public Integer call() throws Exception {
    require(workers >= 1 && workers <= 10_000, "--workers is 1 to 10000");
    require(runs >= 1 && runs <= 1000, "--runs is 1 to 1000");
    require(concurrency >= 1 && concurrency <= 64, "--concurrency is 1 to 64");
    RotationFigures figures =
        new RotationBench(data, Map.copyOf(System.getenv()), workers, runs, concurrency, progress)
            .measure();
    switch (format) {
      case TEXT -> figures.print(out);
      case JSON -> out.println(figures.json());
    }
    out.flush();
    return figures.holds() ? 0 : 1;
  }

  private void require(boolean holds, String rule) {
    if (!holds) {
      throw new ParameterException(spec.commandLine(), rule);
    }
  }
}
