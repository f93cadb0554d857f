package ai.rails.domain.tenant;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

import ai.rails.domain.Refused;
import ai.rails.domain.Refused.Code;
import ai.rails.domain.tenant.TenantCommand.DeclareEnvironment;
import ai.rails.domain.tenant.TenantEvent.EnvironmentDeclared;
import ai.rails.domain.tenant.TenantEvent.EnvironmentProposed;

/// How an environment comes to be of a kind. Nobody alone makes one demand less than it did.
final class EnvironmentRules {
  static final int MAX_ENVIRONMENTS = 32;

  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,31}");

  private EnvironmentRules() {}

  static List<TenantEvent> declare(Tenant tenant, DeclareEnvironment c) {
    if (!NAME.matcher(c.environment()).matches()) {
      throw new Refused(
          Code.INVALID, "an environment is 1 to 32 lower-case letters, digits or hyphens");
    }
    Optional<EnvironmentKind> known =
        Optional.ofNullable(tenant.environments().get(c.environment()));
    if (known.isPresent()) {
      return again(c, known.get());
    }
    Optional<EnvironmentProposed> proposed =
        Optional.ofNullable(tenant.proposed().get(c.environment()));
    if (tenant.waits(c.environment(), c.kind(), c.by())) {
      return propose(tenant, c, proposed);
    }
    requireRoom(tenant, c);
    return List.of(
        new EnvironmentDeclared(
            c.tenant(),
            c.environment(),
            c.kind(),
            c.by(),
            proposed.filter(open -> open.kind() == c.kind()).map(EnvironmentProposed::by)));
  }

  private static List<TenantEvent> again(DeclareEnvironment c, EnvironmentKind kind) {
    if (kind == c.kind()) {
      return List.of();
    }
    throw new Refused(
        Code.ALREADY_EXISTS,
        "environment %s is %s and stays so; declare another one".formatted(c.environment(), kind));
  }

  private static List<TenantEvent> propose(
      Tenant tenant, DeclareEnvironment c, Optional<EnvironmentProposed> proposed) {
    if (proposed.filter(open -> open.kind() == c.kind()).isPresent()) {
      return List.of();
    }
    if (proposed.isEmpty()) {
      requireRoom(tenant, c);
    }
    return List.of(new EnvironmentProposed(c.tenant(), c.environment(), c.kind(), c.by()));
  }

  private static void requireRoom(Tenant tenant, DeclareEnvironment c) {
    int open = tenant.proposed().containsKey(c.environment()) ? 1 : 0;
    if (tenant.environments().size() + tenant.proposed().size() - open >= MAX_ENVIRONMENTS) {
      throw new Refused(
          Code.INVALID,
          "tenant %s has %d environments, which is the limit"
              .formatted(c.tenant(), MAX_ENVIRONMENTS));
    }
  }
}
