package ai.rails.app.bench;

import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;

import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// A verb that measures: says what it found as text or JSON, and whether it holds by its exit code.
abstract class BenchVerb implements Callable<Integer> {
  private final PrintStream out;

  @Option(names = "-o", paramLabel = "FORMAT", description = "text or json.")
  private OutputFormat format = OutputFormat.TEXT;

  @Spec private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  BenchVerb(PrintStream out) {
    this.out = out;
  }

  /// @throws ParameterException with the rule for the options, if they break it
  abstract Figures measure() throws Exception;

  @Override
  public final Integer call() throws Exception {
    Figures figures = measure();
    switch (format) {
      case TEXT -> figures.print(out);
      case JSON -> out.println(figures.json());
    }
    out.flush();
    return figures.holds() ? 0 : 1;
  }

  void require(boolean holds, String rule) {
    if (!holds) {
      throw new ParameterException(spec.commandLine(), rule);
    }
  }

  /// Where a verb works that leaves nothing behind.
  static final class Workplace {
    @Option(
        names = "--data",
        paramLabel = "DIR",
        defaultValue = "${env:AIRAILS_DATA:-data}",
        description = "Works in a new directory inside and removes it (default: ${DEFAULT-VALUE}).")
    private Path data = Path.of("data");

    Figures in(Measuring measuring) throws Exception {
      Files.createDirectories(data);
      Path directory = Files.createTempDirectory(data.toAbsolutePath(), "bench-");
      try {
        return measuring.measure(directory);
      } finally {
        Spine.remove(directory);
      }
    }
  }

  /// The work itself.
  @FunctionalInterface
  interface Measuring {
    Figures measure(Path directory) throws Exception;
  }
}
