package ai.rails.domain.tenant;

import java.time.Instant;
import java.util.Map;
import java.util.Set;

/// A person or service of a tenant as its events made it.
///
/// @param roles what the subject may do now
/// @param keys ids of keys that were issued and not revoked, with the ends of their lives
public record Person(Set<String> roles, Map<String, Instant> keys) {
  /// Before the first event.
  public static final Person NONE = new Person(Set.of(), Map.of());

  public Person {
    roles = Set.copyOf(roles);
    keys = Map.copyOf(keys);
  }
}
