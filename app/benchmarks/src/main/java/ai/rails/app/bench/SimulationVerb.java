package ai.rails.app.bench;

import java.io.PrintStream;
import java.util.concurrent.Callable;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import ai.rails.app.bench.simulation.SimulationFigures;

/// `rails bench simulation`.
@Command(
    name = "simulation",
    description = "Run the tool-call protocol in virtual time under every fault, seed by seed.",
    mixinStandardHelpOptions = true)
final class SimulationVerb implements Callable<Integer> {
  private final PrintStream out;

  @Option(names = "-o", paramLabel = "FORMAT", description = "text or json.")
  private OutputFormat format = OutputFormat.TEXT;

  @Option(
      names = "--seeds",
      defaultValue = "20000",
      description = "How many (default: ${DEFAULT-VALUE}).")
  private long seeds = 20_000;

  @Option(names = "--first", defaultValue = "1", description = "The first seed.")
  private long first = 1;

  SimulationVerb(PrintStream out) {
    this.out = out;
  }

  @Override
  public Integer call() {
    SimulationFigures figures = SimulationFigures.of(first, seeds, 2_000);
    switch (format) {
      case TEXT -> figures.table(out);
      case JSON -> out.println(figures.json());
    }
    out.flush();
    return figures.holds() ? 0 : 1;
  }
}
