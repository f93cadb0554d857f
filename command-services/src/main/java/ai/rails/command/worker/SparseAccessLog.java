package ai.rails.command.worker;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/// Passes on at most one refusal of a principal in ten seconds, so that a broken worker can not
/// flood its tenant's log. Thread-safe; remembers the last thousand principals.
final class SparseAccessLog implements AccessLog {
  private static final Duration BETWEEN = Duration.ofSeconds(10);
  private static final int PRINCIPALS = 1_000;

  private final AccessLog log;
  private final InstantSource clock;
  private final Map<String, Instant> last =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Instant> eldest) {
          return size() > PRINCIPALS;
        }
      };

  SparseAccessLog(AccessLog log, InstantSource clock) {
    this.log = log;
    this.clock = clock;
  }

  @Override
  public void refused(String tenant, String principal, String route, String resource, String code) {
    if (due(tenant + " " + principal)) {
      log.refused(tenant, principal, route, resource, code);
    }
  }

  private synchronized boolean due(String principal) {
    Instant now = clock.instant();
    Instant before = last.get(principal);
    if (before != null && now.isBefore(before.plus(BETWEEN))) {
      return false;
    }
    last.put(principal, now);
    return true;
  }
}
