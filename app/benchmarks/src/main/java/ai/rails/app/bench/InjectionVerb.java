package ai.rails.app.bench;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

import ai.rails.app.bench.injection.InjectionBench;
import ai.rails.app.bench.injection.InjectionFigures;

/// `rails bench injection`.
@Command(
    name = "injection",
    description = "Drive injected tickets through the flagship, with a model that obeys them.",
    mixinStandardHelpOptions = true)
final class InjectionVerb implements Callable<Integer> {
  private final PrintStream out;
  private final Consumer<String> progress;

  @Option(names = "-o", paramLabel = "FORMAT", description = "text or json.")
  private OutputFormat format = OutputFormat.TEXT;

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

  @Option(
      names = "--data",
      paramLabel = "DIR",
      defaultValue = "${env:AIRAILS_DATA:-data}",
      description = "Works in a new directory inside and removes it (default: ${DEFAULT-VALUE}).")
  private Path data = Path.of("data");

  @Spec private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  InjectionVerb(PrintStream out, Consumer<String> progress) {
    this.out = out;
    this.progress = progress;
  }

  @Override
  public Integer call() throws Exception {
    if (concurrency < 1 || concurrency > 256 || limit < 0 || !Files.isDirectory(cases)) {
      throw new ParameterException(
          spec.commandLine(),
          "--cases is a directory, --concurrency 1 to 256 and --limit not negative");
    }
    InjectionBench bench = new InjectionBench(cases, limit, seed, concurrency, progress);
    Files.createDirectories(data);
    Path directory = Files.createTempDirectory(data.toAbsolutePath(), "bench-injection-");
    InjectionFigures figures;
    try {
      figures = bench.measure(directory, Map.copyOf(System.getenv()));
    } finally {
      Spine.remove(directory);
    }
    switch (format) {
      case TEXT -> figures.table(out);
      case JSON -> out.println(figures.json());
    }
    out.flush();
    return figures.holds() ? 0 : 1;
  }
}
