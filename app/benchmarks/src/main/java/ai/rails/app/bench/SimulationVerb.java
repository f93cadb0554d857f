package ai.rails.app.bench;

import java.io.PrintStream;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

import ai.rails.app.bench.simulation.SimulationFigures;

/// `rails bench simulation`.
@Command(
    name = "simulation",
    description = "Run the tool-call protocol in virtual time under every fault, seed by seed.",
    mixinStandardHelpOptions = true)
final class SimulationVerb extends BenchVerb {
  @Option(
      names = "--seeds",
      defaultValue = "20000",
      description = "How many (default: ${DEFAULT-VALUE}).")
  private long seeds = 20_000;

  @Option(names = "--first", defaultValue = "1", description = "The first seed.")
  private long first = 1;

  SimulationVerb(PrintStream out) {
    super(out);
  }

  @Override
  Figures measure() {
    return SimulationFigures.of(first, seeds, 2_000);
  }
}
