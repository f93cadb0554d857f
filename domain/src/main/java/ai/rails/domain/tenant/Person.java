package ai.rails.domain.tenant;

import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// A person or service of a tenant as its events made it.
///
/// @param roles what the subject may do now
/// @param keys ids of keys that were issued and not revoked, with the ends of their lives
/// @param proposals roles that were proposed and not decided about
public record Person(
    Set<String> roles, Map<String, Instant> keys, Map<String, Proposal> proposals) {
  /// Before the first event.
  public static final Person NONE = new Person(Set.of(), Map.of(), Map.of());

  public Person {
    roles = Set.copyOf(roles);
    keys = Map.copyOf(keys);
    proposals = Map.copyOf(proposals);
  }

  /// Roles that somebody proposed.
  public record Proposal(List<String> roles, String by) {
    public Proposal {
      roles = List.copyOf(roles);
    }
  }

  Person withRoles(List<String> now) {
    return new Person(Set.copyOf(now), keys, proposals);
  }

  Person withKey(String key, Instant expiresAt) {
    Map<String, Instant> all = new HashMap<>(keys);
    all.put(key, expiresAt);
    return new Person(roles, all, proposals);
  }

  Person withoutKey(String key) {
    Map<String, Instant> all = new HashMap<>(keys);
    all.remove(key);
    return new Person(roles, all, proposals);
  }

  Person with(String proposal, Proposal proposed) {
    Map<String, Proposal> all = new HashMap<>(proposals);
    all.put(proposal, proposed);
    return new Person(roles, keys, all);
  }

  Person without(String proposal) {
    Map<String, Proposal> all = new HashMap<>(proposals);
    all.remove(proposal);
    return new Person(roles, keys, all);
  }
}
