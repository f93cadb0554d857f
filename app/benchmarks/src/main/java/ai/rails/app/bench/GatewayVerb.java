package ai.rails.app.bench;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import ai.rails.app.bench.gateway.GatewayBench;

/// `rails bench gateway`.
@Command(
    name = "gateway",
    description = "Measure what governance adds to a call, part by part, beside direct calls.",
    mixinStandardHelpOptions = true)
final class GatewayVerb extends BenchVerb {
  private final Consumer<String> progress;

  @Option(
      names = "--calls",
      defaultValue = "300",
      description =
          "Pairs of a governed and a direct call, 20 to 100000 (default: ${DEFAULT-VALUE}).")
  private int calls = 300;

  @Option(
      names = "--seconds",
      defaultValue = "6",
      description = "Of each phase under load, 1 to 300 (default: ${DEFAULT-VALUE}).")
  private int seconds = 6;

  @Option(
      names = "--concurrency",
      defaultValue = "16",
      description = "Calls at the same time, 1 to 256 (default: ${DEFAULT-VALUE}).")
  private int concurrency = 16;

  @Mixin private Workplace work = new Workplace();

  GatewayVerb(PrintStream out, Consumer<String> progress) {
    super(out);
    this.progress = progress;
  }

  @Override
  Figures measure() throws Exception {
    require(calls >= 20 && calls <= 100_000, "--calls is 20 to 100000");
    require(seconds >= 1 && seconds <= 300, "--seconds is 1 to 300");
    require(concurrency >= 1 && concurrency <= 256, "--concurrency is 1 to 256");
    return work.in(directory ->
        new GatewayBench(
                directory,
                Map.copyOf(System.getenv()),
                new GatewayBench.Plan(calls, Duration.ofSeconds(seconds), concurrency),
                progress)
            .measure());
  }
}
