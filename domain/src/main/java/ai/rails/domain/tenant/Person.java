package ai.rails.domain.tenant;

import java.util.Set;

/// A person or service of a tenant as its events made it.
///
/// @param roles what the subject may do now
public record Person(Set<String> roles) {
  /// Before the first event.
  public static final Person NONE = new Person(Set.of());

  public Person {
    roles = Set.copyOf(roles);
  }
}
