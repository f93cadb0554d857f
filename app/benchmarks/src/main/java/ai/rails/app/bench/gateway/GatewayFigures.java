package ai.rails.app.bench.gateway;

import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;

import ai.rails.app.bench.Figures;
import ai.rails.app.bench.Latency;

/// The result. Every governed call was paired with a direct one, in turn, in one run.
///
/// @param loadBefore the machine's load average when it began
/// @param direct the same request to the same stand-in over a kept connection
/// @param governed from asking for the intent to the recorded outcome
/// @param overhead governed less direct, pair by pair
/// @param parts `decide`, `intent`, `ticket`, `proxy`, `gateway`, `outcome`; `proxy` is a ticket
///   and a tunnel alone, `gateway` is what is left of the sending: checks, a new TLS connection,
///   redaction and the request itself
/// @param wire one round trip of the worker protocol's transport, mutual TLS, of which a call makes
///   two; not in `governed`, which calls the write side in this process
/// @param memory of 1,000 calls that wait for their answer, in megabytes
public record GatewayFigures(
    String benchmark,
    double loadBefore,
    int processors,
    Latency direct,
    Latency governed,
    Latency overhead,
    Map<String, Latency> parts,
    Latency wire,
    int concurrency,
    double callsPerSecond,
    Latency loaded,
    Reservations reservations,
    InFlight memory)
    implements Figures {
  /// Each in a transaction that commits.
  ///
  /// @param tenantPerSecond from one budget of a tenant, by callers in 16 workspaces
  /// @param workspacePerSecond from one budget of a workspace, by callers in it
  public record Reservations(int callers, double tenantPerSecond, double workspacePerSecond) {}

  /// @param calls that were on their way
  /// @param workerHeapMegabytes live heap that they hold in the worker, per 1,000
  /// @param proxyMegabytes growth of the proxy's resident memory, per 1,000
  public record InFlight(int calls, double workerHeapMegabytes, double proxyMegabytes) {}

  public GatewayFigures {
    parts = Map.copyOf(parts);
  }

  @Override
  public void print(PrintStream out) {
    line(out, "direct", direct);
    line(out, "governed", governed);
    line(out, "overhead", overhead);
    for (String part : GatewayBench.PARTS) {
      Latency latency = parts.get(part);
      if (latency != null) {
        line(out, "  " + part, latency);
      }
    }
    line(out, "worker protocol, mTLS", wire);
    out.printf(
        Locale.ROOT,
        "%.1f calls a second, %s at a time (p50 %.1f ms, p99 %.1f ms)%n",
        callsPerSecond,
        concurrency,
        loaded.p50Ms(),
        loaded.p99Ms());
    out.printf(
        Locale.ROOT,
        "budget reservations: %.0f a second from one tenant's, %.0f from one workspace's (%s callers)%n",
        reservations.tenantPerSecond(),
        reservations.workspacePerSecond(),
        reservations.callers());
    out.printf(
        Locale.ROOT,
        "1,000 calls on their way: worker %.1f MB of heap, proxy %.1f MB resident (%s measured)%n",
        memory.workerHeapMegabytes(),
        memory.proxyMegabytes(),
        memory.calls());
    out.printf(Locale.ROOT, "%s processors, load before %.1f%n", processors, loadBefore);
  }

  private static void line(PrintStream out, String what, Latency latency) {
    out.printf(
        Locale.ROOT, "%-22s p50 %8.2f ms  p99 %8.2f ms%n", what, latency.p50Ms(), latency.p99Ms());
  }
}
