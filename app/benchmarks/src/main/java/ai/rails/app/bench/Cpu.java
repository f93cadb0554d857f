package ai.rails.app.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.function.Predicate;

/// CPU time of threads: on a machine that others use too it says what the work costs, where wall
/// time says how long one waited for a core.
final class Cpu {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final double NANOS_PER_SECOND = 1e9;

  private Cpu() {}

  /// Of this thread, in seconds.
  static double seconds() {
    return THREADS.getCurrentThreadCpuTime() / NANOS_PER_SECOND;
  }

  /// Of the living threads with such names, in seconds.
  static double seconds(Predicate<String> name) {
    long nanos = 0;
    for (ThreadInfo thread : THREADS.getThreadInfo(THREADS.getAllThreadIds())) {
      if (thread != null && name.test(thread.getThreadName())) {
        nanos += Math.max(0, THREADS.getThreadCpuTime(thread.getThreadId()));
      }
    }
    return nanos / NANOS_PER_SECOND;
  }
}
