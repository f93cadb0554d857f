package ai.rails.projection.feed;

import java.util.Set;

import org.jooq.exception.DataAccessException;

import ai.rails.platform.http.Unavailable;

/// Tells a database that can not serve at the moment from one that says no for good.
final class Outage {
  /// SQL states: connection lost, transaction rolled back, no resources, operator intervened.
  private static final Set<String> PASSING = Set.of("08", "40", "53", "57");

  private Outage() {}

  /// Whether the same work may succeed later.
  static boolean caused(RuntimeException e) {
    return e instanceof Unavailable
        || (e instanceof DataAccessException failed
            && PASSING.contains(failed.sqlState().substring(0, 2)));
  }
}
