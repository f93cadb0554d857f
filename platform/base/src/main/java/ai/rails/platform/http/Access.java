package ai.rails.platform.http;

import java.util.Set;

/// Who may call a route. There is no default: a route without it can not be written.
public sealed interface Access {
  /// One of these roles, from a verified token.
  record Roles(Set<Role> allowed) implements Access {
    public Roles {
      allowed = Set.copyOf(allowed);
      if (allowed.isEmpty()) {
        throw new IllegalArgumentException("a route for nobody: name a role");
      }
    }
  }

  /// A worker with a client certificate.
  record Worker() implements Access {}

  /// A runner with a client certificate.
  record Runner() implements Access {}

  /// Anybody, because the handler itself demands proof or there is nothing to protect.
  ///
  /// @param why the reason, shown in the list of routes
  record Open(String why) implements Access {}

  static Access roles(Role first, Role... further) {
    var allowed = new java.util.HashSet<>(Set.of(further));
    allowed.add(first);
    return new Roles(allowed);
  }

  /// Every role: any verified principal of a tenant.
  static Access anyRole() {
    return new Roles(Set.of(Role.values()));
  }

  static Access worker() {
    return new Worker();
  }

  static Access runner() {
    return new Runner();
  }

  static Access open(String why) {
    return new Open(why);
  }
}
