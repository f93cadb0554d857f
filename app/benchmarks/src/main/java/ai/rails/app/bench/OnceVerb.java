package ai.rails.app.bench;

import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import ai.rails.app.bench.once.OnceBench;

/// `rails bench once`.
@Command(
    name = "once",
    description = "Make calls while everything is killed, and count what happened twice or never.",
    mixinStandardHelpOptions = true)
final class OnceVerb extends BenchVerb {
  private final Consumer<String> progress;

  @Option(
      names = "--calls",
      defaultValue = "3000",
      description = "Calls of this sitting, 8 to 500000 (default: ${DEFAULT-VALUE}).")
  private int calls = 3000;

  @Option(
      names = "--kills",
      defaultValue = "1000",
      description = "At most so many kill -9 (default: ${DEFAULT-VALUE}).")
  private int kills = 1000;

  @Option(
      names = "--pause",
      defaultValue = "12",
      description = "Seconds between kills on average, 1 to 600 (default: ${DEFAULT-VALUE}).")
  private int pause = 12;

  @Option(
      names = "--concurrency",
      defaultValue = "24",
      description = "Runs at the same time, 1 to 256 (default: ${DEFAULT-VALUE}).")
  private int concurrency = 24;

  @Option(
      names = "--minutes",
      defaultValue = "40",
      description = "Start no more runs after so many minutes (default: ${DEFAULT-VALUE}).")
  private int minutes = 40;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "Of faults and pauses (default: ${DEFAULT-VALUE}).")
  private long seed = 1;

  @Option(
      names = "--state",
      paramLabel = "DIR",
      defaultValue = "${env:AIRAILS_DATA:-data}/bench-once",
      description = "Kept; the next sitting goes on from it (default: ${DEFAULT-VALUE}).")
  private Path state = Path.of("data", "bench-once");

  OnceVerb(PrintStream out, Consumer<String> progress) {
    super(out);
    this.progress = progress;
  }

  @Override
  Figures measure() throws Exception {
    require(calls >= 8 && calls <= 500_000, "--calls is 8 to 500000");
    require(pause >= 1 && pause <= 600, "--pause is 1 to 600 seconds");
    require(concurrency >= 1 && concurrency <= 256, "--concurrency is 1 to 256");
    require(kills >= 0 && minutes >= 1, "--kills is not negative and --minutes at least 1");
    return new OnceBench(
            new OnceBench.Plan(
                state,
                calls,
                kills,
                concurrency,
                Duration.ofSeconds(pause),
                Duration.ofMinutes(minutes),
                seed),
            Map.copyOf(System.getenv()),
            progress)
        .measure();
  }
}
