package ai.rails.app.bench.gateway;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

import ai.rails.app.bench.ProcessFigures;
import ai.rails.app.bench.gateway.GatewayFigures.InFlight;
import ai.rails.app.bench.policy.GuardedCell;
import ai.rails.app.embedded.Wait;

/// What calls hold while they wait for their answer: each a thread, a tunnel and a TLS connection.
final class Waiting {
  /// A server that is asked by all of them at once refuses connections.
  private static final int OPENING = 32;

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration OPEN = Duration.ofMillis(400);
  private static final double MEGABYTE = 1 << 20;

  private Waiting() {}

  static InFlight measure(GuardedCell cell, GovernedCall call, int calls) {
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    double heapBefore = live(memory);
    double proxyBefore = resident(cell);
    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    Semaphore opening = new Semaphore(OPENING);
    try {
      for (int i = 0; i < calls; i++) {
        int number = i;
        var _ =
            threads.submit(() -> {
              opening.acquire();
              Thread.startVirtualThread(() -> {
                // By then its connection is open, and it waits.
                boolean _ = Wait.until(OPEN, () -> false);
                opening.release();
              });
              return call.send("hold-" + number);
            });
      }
      boolean _ = Wait.until(PATIENCE, () -> tunnels(cell) >= calls);
      int open = tunnels(cell);
      double heap = live(memory) - heapBefore;
      double proxy = resident(cell) - proxyBefore;
      double thousands = Math.max(1, open) / 1_000.0;
      return new InFlight(open, heap / MEGABYTE / thousands, proxy / thousands);
    } finally {
      threads.shutdownNow();
    }
  }

  private static double live(MemoryMXBean memory) {
    memory.gc();
    memory.gc();
    return memory.getHeapMemoryUsage().getUsed();
  }

  private static double resident(GuardedCell cell) {
    return cell.proxyPid().map(pid -> ProcessFigures.of(pid).rssMegabytes()).orElse(0.0);
  }

  /// Counted by the kernel: what the proxy holds towards us.
  private static int tunnels(GuardedCell cell) {
    return Sockets.established(cell.proxyPort());
  }
}
