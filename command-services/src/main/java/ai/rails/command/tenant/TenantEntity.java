package ai.rails.command.tenant;

import ai.rails.command.Enrich;
import ai.rails.command.Entity;
import ai.rails.domain.tenant.Tenant;
import ai.rails.domain.tenant.TenantCommand;
import ai.rails.domain.tenant.TenantEvent;
import ai.rails.domain.tenant.TenantRules;

/// Tenants on the write side.
public final class TenantEntity {
  public static final Entity<TenantCommand, Tenant, TenantEvent> TYPE =
      new Entity<>(
          "Tenant",
          TenantCommand.class,
          Tenant.class,
          TenantEvent.class,
          TenantCommand::tenant,
          new TenantRules(),
          Enrich.none());

  private TenantEntity() {}
}
