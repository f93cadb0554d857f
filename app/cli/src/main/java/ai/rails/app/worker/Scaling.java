package ai.rails.app.worker;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/// How many workers a workflow version needs: more as soon as steps wait, one fewer when they have
/// not for some time. Confined to the thread that looks.
public final class Scaling {
  /// Waiting steps for which one worker is enough: a worker does eight at a time.
  static final int STEPS_EACH = 16;

  /// How long fewer must have been enough.
  static final Duration CALM = Duration.ofSeconds(30);

  private final int most;
  private final Map<String, Standing> versions = new HashMap<>();

  /// @param most workers of one version
  public Scaling(int most) {
    this.most = most;
  }

  private record Standing(int workers, long enoughSinceNanos) {}

  /// @param version any name of the version
  /// @param waiting steps that wait for a worker now
  public int wanted(String version, long waiting, long nowNanos) {
    int needed = (int) Math.min(most, 1 + waiting / STEPS_EACH);
    Standing before = versions.getOrDefault(version, new Standing(1, nowNanos));
    Standing next;
    if (needed >= before.workers()) {
      next = new Standing(needed, nowNanos);
    } else if (nowNanos - before.enoughSinceNanos() >= CALM.toNanos()) {
      next = new Standing(before.workers() - 1, nowNanos);
    } else {
      next = before;
    }
    versions.put(version, next);
    return next.workers();
  }
}
