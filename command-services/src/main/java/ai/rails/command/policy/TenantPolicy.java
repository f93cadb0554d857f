package ai.rails.command.policy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

import ai.rails.command.CommandBus;
import ai.rails.command.CommandContext;
import ai.rails.command.policy.PolicyBundles.Published;
import ai.rails.command.tenant.TenantChanged;
import ai.rails.domain.Actor;
import ai.rails.domain.Header;
import ai.rails.domain.policy.PolicyBundleCommand.PublishBundle;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Sql;
import ai.rails.platform.telemetry.Telemetry;

/// Keeps a tenant's policy data: what an administrator granted, and the roles that people have.
///
/// Roles in the data are always those of the store, whatever was sent. New content is an event.
/// Publishing the same again changes nothing. Thread-safe.
public final class TenantPolicy implements TenantChanged {
  private static final Actor SYSTEM = new Actor(Actor.Kind.SERVICE, "policy");
  private static final String AUDITOR = "auditor";

  private final PolicyBundles bundles;
  private final Database database;
  private final CommandBus bus;
  private final Supplier<UUID> ids;

  public TenantPolicy(
      PolicyBundles bundles, Database database, CommandBus bus, Supplier<UUID> ids) {
    this.bundles = bundles;
    this.database = database;
    this.bus = bus;
    this.ids = ids;
  }

  @Override
  public void changed(String tenant) {
    byte[] data = bundles.tenantData(tenant).orElseGet(() -> TenantGrants.none().json());
    Published _ = publish(tenant, data, SYSTEM);
  }

  /// Gives a tenant new policy data in the name of `author`.
  ///
  /// @throws ai.rails.domain.Refused with INVALID if the data does not fit its schema
  public Published publish(String tenant, byte[] data, Actor author) {
    Published published = bundles.publish(tenant, withPeople(tenant, data));
    String id = ids.get().toString();
    var context =
        new CommandContext(
            tenant,
            Header.TENANT_WORKSPACE,
            Optional.empty(),
            author,
            id,
            id,
            Telemetry.current(),
            Optional.empty(),
            Optional.empty(),
            List.of());
    var _ =
        bus.dispatch(
            context,
            PolicyBundleEntity.TYPE,
            new PublishBundle(
                published.bundle(), published.revision(), published.contentSha256(), author.id()));
    return published;
  }

  private byte[] withPeople(String tenant, byte[] data) {
    TenantGrants grants = TenantGrants.read(data).withoutPrincipals();
    List<String> auditors = new ArrayList<>();
    roles(tenant)
        .forEach((subject, roles) -> {
          grants.principal(subject, roles);
          if (roles.contains(AUDITOR)) {
            auditors.add(subject);
          }
        });
    return grants.auditors(auditors).json();
  }

  private Map<String, List<String>> roles(String tenant) {
    Map<String, List<String>> all = new LinkedHashMap<>();
    for (String[] row :
        database.inTransaction(connection ->
            Sql.all(
                connection,
                "SELECT subject, role FROM principal_role WHERE tenant = ? ORDER BY 1, 2",
                found -> new String[] {found.getString(1), found.getString(2)},
                tenant))) {
      all.computeIfAbsent(row[0], _ -> new ArrayList<>()).add(row[1]);
    }
    return all;
  }
}
