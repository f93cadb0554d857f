package ai.rails.app.bench;

import java.io.PrintStream;
import java.util.Map;
import java.util.function.Consumer;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

import ai.rails.app.bench.policy.DecisionBench;

/// `rails bench policy`.
@Command(
    name = "policy",
    description =
        "Measure decisions beside bare loopback HTTP, and how soon a change of policy holds.",
    mixinStandardHelpOptions = true)
final class PolicyVerb extends BenchVerb {
  private static final int MOST_TENANTS = 200;

  private final Consumer<String> progress;

  @Option(
      names = "--tenants",
      defaultValue = "50",
      description = "With data of their own, 1 to 200 (default: ${DEFAULT-VALUE}).")
  private int tenants = 50;

  @Option(
      names = "--most-tenants",
      defaultValue = "200",
      description = "For OPA's memory at the end, --tenants to 200 (default: ${DEFAULT-VALUE}).")
  private int mostTenants = MOST_TENANTS;

  @Option(
      names = "--grants",
      defaultValue = "500",
      description = "Of each tenant, 2 to 2000 (default: ${DEFAULT-VALUE}).")
  private int grants = 500;

  @Option(
      names = "--rate",
      defaultValue = "200",
      description = "Questions a second, 1 to 5000 (default: ${DEFAULT-VALUE}).")
  private int rate = 200;

  @Option(
      names = "--concurrency",
      defaultValue = "16",
      description = "Questions at once, to saturate, 1 to 256 (default: ${DEFAULT-VALUE}).")
  private int concurrency = 16;

  @Option(
      names = "--seconds",
      defaultValue = "10",
      description = "Of each load, 1 to 600 (default: ${DEFAULT-VALUE}).")
  private int seconds = 10;

  @Option(
      names = "--times",
      defaultValue = "10",
      description = "To publish, and to pause, 1 to 100 (default: ${DEFAULT-VALUE}).")
  private int times = 10;

  @Option(
      names = "--history",
      defaultValue = "1000",
      description = "Decisions to replay, 8 to 100000 (default: ${DEFAULT-VALUE}).")
  private int history = 1000;

  @Option(
      names = "--short",
      description = "Everything, shorter: 3 seconds a load, 3 times, a history of 200.")
  private boolean brief;

  @Mixin private Workplace work = new Workplace();

  PolicyVerb(PrintStream out, Consumer<String> progress) {
    super(out);
    this.progress = progress;
  }

  @Override
  Figures measure() throws Exception {
    require(tenants >= 1 && tenants <= MOST_TENANTS, "--tenants is 1 to 200");
    require(
        mostTenants >= tenants && mostTenants <= MOST_TENANTS,
        "--most-tenants is --tenants to 200");
    require(grants >= 2 && grants <= 2000, "--grants is 2 to 2000");
    require(rate >= 1 && rate <= 5000, "--rate is 1 to 5000");
    require(concurrency >= 1 && concurrency <= 256, "--concurrency is 1 to 256");
    require(seconds >= 1 && seconds <= 600, "--seconds is 1 to 600");
    require(times >= 1 && times <= 100, "--times is 1 to 100");
    require(history >= 8 && history <= 100_000, "--history is 8 to 100000");
    return work.in(directory ->
        new DecisionBench(
                directory,
                Map.copyOf(System.getenv()),
                plan(Machine.of(directory).loadAverageBefore()),
                progress)
            .measure());
  }

  private DecisionBench.Plan plan(double load) {
    return new DecisionBench.Plan(
        tenants,
        mostTenants,
        grants,
        rate,
        concurrency,
        brief ? 3 : seconds,
        brief ? 3 : times,
        brief ? 200 : history,
        load);
  }
}
