package ai.rails.app.bench.gateway;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import ai.rails.app.bench.Latency;
import ai.rails.app.embedded.Unavailable;
import ai.rails.command.run.RunPlace;

/// Many calls at the same time.
///
/// @param perSecond governed calls, without the start of their runs in the latency but with it in
///   the rate
record Loaded(double perSecond, Latency latency) {
  static Loaded measure(GovernedCall call, int callers, Duration within)
      throws InterruptedException {
    Queue<Duration> took = new ConcurrentLinkedQueue<>();
    long began = System.nanoTime();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < callers; i++) {
        int caller = i;
        all.add(
            threads.submit(() -> {
              for (int n = 0; System.nanoTime() - began < within.toNanos(); n++) {
                RunPlace run = call.run(caller % 16);
                long from = System.nanoTime();
                GovernedCall.Parts _ = call.make(run, "load-%s-%s".formatted(caller, n));
                took.add(Duration.ofNanos(System.nanoTime() - from));
              }
              return caller;
            }));
      }
      for (Future<?> each : all) {
        each.get();
      }
    } catch (ExecutionException e) {
      throw new Unavailable("a call under load failed: " + e.getCause(), e);
    }
    double seconds = (System.nanoTime() - began) / 1e9;
    return new Loaded(took.size() / seconds, Latency.of(took));
  }
}
