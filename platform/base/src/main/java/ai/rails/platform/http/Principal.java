package ai.rails.platform.http;

import java.util.Set;

import ai.rails.domain.Limits;

/// Who a verified token speaks for. The tenant is always the token's.
///
/// @param subject opaque id, stable for one person or service
public record Principal(String tenant, String subject, Set<Role> roles) {
  public Principal {
    Limits.requireId("tenant", tenant);
    Limits.requireId("subject", subject);
    roles = Set.copyOf(roles);
  }

  public boolean is(Role role) {
    return roles.contains(role);
  }
}
