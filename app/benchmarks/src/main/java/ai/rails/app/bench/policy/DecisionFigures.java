package ai.rails.app.bench.policy;

import java.io.PrintStream;
import java.util.Locale;

import ai.rails.app.bench.Figures;
import ai.rails.app.bench.policy.Pace.Took;

/// What a decision takes, as its asker sees it, and how soon a change of policy holds.
///
/// @param loadAverageBefore one minute's; more than `processors` says that others were at work
/// @param grants of each tenant
/// @param unanswered decisions that were not there in time, which are denials
/// @param simulationPerSecond recorded decisions, each asked of two OPAs, reading the log included
/// @param simulated how many decisions that was measured over
/// @param reproduced whether the replay said what was recorded, every time
public record DecisionFigures(
    String benchmark,
    int processors,
    double loadAverageBefore,
    int tenants,
    int grants,
    int perSecond,
    Beside steady,
    int callers,
    Beside saturated,
    double perCore,
    double perOpaCpuSecond,
    long unanswered,
    Enforced publish,
    Enforced killSwitch,
    int simulated,
    double simulationPerSecond,
    boolean reproduced,
    Memory memory)
    implements Figures {
  /// Decisions beside bare loopback HTTP of the same length.
  ///
  /// @param p50Ratio what OPA and the decision client make of it
  public record Beside(Took decision, Took echo, double p50Ratio, double p99Ratio) {
    static Beside of(Took decision, Took echo) {
      return new Beside(
          decision, echo, decision.p50Ms() / echo.p50Ms(), decision.p99Ms() / echo.p99Ms());
    }
  }

  /// From the answer to whoever asked for it, until the last of the cell's sidecars decides by it.
  public record Enforced(int sidecars, int times, double medianMs, double longestMs) {}

  /// Resident, in megabytes, of an OPA that has decided for each of its tenants.
  public record Memory(int tenants, double megabytes, int mostTenants, double mostMegabytes) {}

  /// Nothing was held back for lack of an answer, and history says the same again.
  @Override
  public boolean holds() {
    return unanswered == 0 && reproduced && simulated > 0;
  }

  @Override
  public void print(PrintStream out) {
    out.printf(
        Locale.ROOT,
        "%d tenants of %d grants, %d processors, load before %.1f%n",
        tenants,
        grants,
        processors,
        loadAverageBefore);
    out.printf(
        Locale.ROOT,
        "%n%-34s %10s %10s %10s %12s%n",
        "",
        "p50 ms",
        "p99 ms",
        "most ms",
        "a second");
    row(out, "decision at %s/s".formatted(perSecond), steady.decision());
    row(out, "echo at %s/s".formatted(perSecond), steady.echo());
    out.printf(Locale.ROOT, "%-34s %10.1f %10.1f%n", "ratio", steady.p50Ratio(), steady.p99Ratio());
    row(out, "decision, %s at once".formatted(callers), saturated.decision());
    row(out, "echo, %s at once".formatted(callers), saturated.echo());
    out.printf(
        Locale.ROOT, "%-34s %10.1f %10.1f%n", "ratio", saturated.p50Ratio(), saturated.p99Ratio());
    out.printf(Locale.ROOT, "%n%-34s %10.0f%n", "decisions/s a core", perCore);
    out.printf(Locale.ROOT, "%-34s %10.0f%n", "decisions a CPU second of OPA", perOpaCpuSecond);
    out.printf(Locale.ROOT, "%-34s %10d%n", "without an answer in time", unanswered);
    enforced(out, "bundle publish to enforced", publish);
    enforced(out, "kill switch to enforced", killSwitch);
    out.printf(
        Locale.ROOT,
        "%-34s %10.0f a second, of %d, %s%n",
        "simulated decisions",
        simulationPerSecond,
        simulated,
        reproduced ? "all reproduced" : "NOT all reproduced");
    out.printf(
        Locale.ROOT,
        "%-34s %10.0f MB%n",
        "OPA with %s tenants".formatted(memory.tenants()),
        memory.megabytes());
    out.printf(
        Locale.ROOT,
        "%-34s %10.0f MB%n",
        "OPA with %s tenants".formatted(memory.mostTenants()),
        memory.mostMegabytes());
  }

  private static void enforced(PrintStream out, String name, Enforced each) {
    out.printf(
        Locale.ROOT,
        "%-34s %10.0f ms median, %.0f at most, %d times, %d sidecars%n",
        name,
        each.medianMs(),
        each.longestMs(),
        each.times(),
        each.sidecars());
  }

  private static void row(PrintStream out, String name, Took took) {
    out.printf(
        Locale.ROOT,
        "%-34s %10.2f %10.2f %10.2f %12.0f%n",
        name,
        took.p50Ms(),
        took.p99Ms(),
        took.maxMs(),
        took.perSecond());
  }
}
