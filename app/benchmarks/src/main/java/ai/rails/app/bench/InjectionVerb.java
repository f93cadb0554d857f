package ai.rails.app.bench;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import ai.rails.app.bench.injection.InjectionBench;

/// `rails bench injection`.
@Command(
    name = "injection",
    description = "Drive injected tickets through the flagship, with a model that obeys them.",
    mixinStandardHelpOptions = true)
final class InjectionVerb extends BenchVerb {
  private final Consumer<String> progress;

  @Option(
      names = "--cases",
      paramLabel = "DIR",
      required = true,
      description = "A directory with .jsonl files of cases.")
  private Path cases = Path.of(".");

  @Option(
      names = "--limit",
      defaultValue = "0",
      description = "At most so many cases, chosen by the seed; 0 for all.")
  private int limit;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "Of the order (default: ${DEFAULT-VALUE}).")
  private long seed = 1;

  @Option(
      names = "--concurrency",
      defaultValue = "32",
      description = "Cases at the same time, 1 to 256 (default: ${DEFAULT-VALUE}).")
  private int concurrency = 32;

  @Mixin private Workplace work = new Workplace();

  InjectionVerb(PrintStream out, Consumer<String> progress) {
    super(out);
    this.progress = progress;
  }

  @Override
  Figures measure() throws Exception {
    require(
        concurrency >= 1 && concurrency <= 256 && limit >= 0 && Files.isDirectory(cases),
        "--cases is a directory, --concurrency 1 to 256 and --limit not negative");
    InjectionBench bench = new InjectionBench(cases, limit, seed, concurrency, progress);
    return work.in(directory -> bench.measure(directory, Map.copyOf(System.getenv())));
  }
}
