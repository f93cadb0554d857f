package ai.rails.projection.access;

import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Set;

/// Notes the same access once a minute. Its monitor guards what was noted.
public final class CoalescedNotes implements AccessNotes {
  private static final long MINUTE = Duration.ofMinutes(1).toMillis();
  private static final int MAX_KNOWN = 4_096;

  private final AccessNotes to;
  private final InstantSource clock;
  private final Set<Taken> noted = new HashSet<>();
  private long minute;

  public CoalescedNotes(AccessNotes to, InstantSource clock) {
    this.to = to;
    this.clock = clock;
  }

  @Override
  public void note(Taken taken) {
    long now = clock.millis() / MINUTE;
    if (!isNoted(taken, now)) {
      to.note(taken);
      remember(taken, now);
    }
  }

  private synchronized boolean isNoted(Taken taken, long now) {
    return now == minute && noted.contains(taken);
  }

  private synchronized void remember(Taken taken, long now) {
    if (now != minute || noted.size() >= MAX_KNOWN) {
      noted.clear();
      minute = now;
    }
    noted.add(taken);
  }
}
