package ai.rails.app.bench;

import java.io.PrintStream;
import java.util.Map;
import java.util.function.Consumer;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import ai.rails.app.bench.rotation.RotationBench;

/// `rails bench rotation`.
@Command(
    name = "rotation",
    description = "Attest workers to their keys and rotate all of their leases while runs go on.",
    mixinStandardHelpOptions = true)
final class RotationVerb extends BenchVerb {
  private final Consumer<String> progress;

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

  @Mixin private Workplace work = new Workplace();

  RotationVerb(PrintStream out, Consumer<String> progress) {
    super(out);
    this.progress = progress;
  }

  @Override
  Figures measure() throws Exception {
    require(workers >= 1 && workers <= 10_000, "--workers is 1 to 10000");
    require(runs >= 1 && runs <= 1000, "--runs is 1 to 1000");
    require(concurrency >= 1 && concurrency <= 64, "--concurrency is 1 to 64");
    return work.in(directory ->
        new RotationBench(
                directory, Map.copyOf(System.getenv()), workers, runs, concurrency, progress)
            .measure());
  }
}
