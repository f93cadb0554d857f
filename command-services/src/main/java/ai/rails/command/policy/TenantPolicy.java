package ai.rails.command.policy;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

import ai.rails.command.CommandBus;
import ai.rails.command.CommandContext;
import ai.rails.command.TransactionPart;
import ai.rails.command.policy.PolicyBundles.Published;
import ai.rails.command.tenant.TenantChanged;
import ai.rails.domain.Actor;
import ai.rails.domain.Header;
import ai.rails.domain.policy.PolicyBundleCommand;
import ai.rails.domain.policy.PolicyBundleCommand.PublishBundle;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Sql;

/// Keeps a tenant's policy data in step with its people. Grants change only through [GrantApi];
/// roles are taken over from the store whenever they change. Every change of the data is an event.
public final class TenantPolicy implements TenantChanged {
  private static final String AUDITOR = "auditor";
  private static final Actor ITSELF = new Actor(Actor.Kind.SERVICE, "command-services");

  private final PolicyBundles bundles;
  private final Database database;
  private final CommandBus bus;
  private final Supplier<UUID> ids;

  /// @param ids gives UUIDs of version 7
  public TenantPolicy(
      PolicyBundles bundles, Database database, CommandBus bus, Supplier<UUID> ids) {
    this.bundles = bundles;
    this.database = database;
    this.bus = bus;
    this.ids = ids;
  }

  @Override
  public void changed(CommandContext because) {
    publish(because, UnaryOperator.identity());
  }

  /// Makes every tenant's data anew: whoever ended between a change of roles and its data is made
  /// up for. Data that has not changed is left alone.
  public void catchUp() {
    for (String tenant : bundles.tenants()) {
      String id = ids.get().toString();
      changed(context(tenant, ITSELF, id, Optional.empty()));
    }
  }

  /// Changes a tenant's grants and publishes what results, with the people of the store.
  synchronized Published publish(CommandContext because, UnaryOperator<TenantGrants> change) {
    return publish(because, change, published -> published, _ -> {});
  }

  /// Takes a tenant's policy out of service: nothing of it is allowed then.
  public void forget(String tenant) {
    bundles.forget(tenant);
  }

  /// The version of a tenant's content in effect.
  PolicyVersion version(String tenant) {
    return bundles.versionOf(tenant);
  }

  /// Changes a tenant's data by a command that says more than that it changed.
  ///
  /// @param say the command, given the publication that it brings about
  /// @param part joins the transaction
  synchronized Published publish(
      CommandContext because,
      UnaryOperator<TenantGrants> change,
      Function<PublishBundle, PolicyBundleCommand> say,
      TransactionPart part) {
    return publish(because, change, Optional.empty(), say, part);
  }

  /// The same as another version.
  synchronized Published publish(
      CommandContext because,
      UnaryOperator<TenantGrants> change,
      Optional<PolicyVersion> version,
      Function<PublishBundle, PolicyBundleCommand> say,
      TransactionPart part) {
    String tenant = because.tenant();
    TenantGrants grants = current(tenant);
    CommandContext context =
        context(tenant, because.actor(), because.correlationId(), because.traceparent());
    return bundles.publish(
        tenant,
        change.apply(grants).json(),
        version,
        (published, saving) ->
            bus.dispatch(
                context.with(saving).with(part),
                PolicyBundleEntity.TYPE,
                say.apply(
                    new PublishBundle(
                        published.bundle(),
                        published.revision(),
                        published.contentSha256(),
                        because.actor().id()))));
  }

  /// A tenant's data as it would be after a change, with the people of the store.
  synchronized byte[] preview(String tenant, UnaryOperator<TenantGrants> change) {
    return change.apply(current(tenant)).json();
  }

  /// How many calls one person may approve in an hour, by the tenant's data in effect.
  public Optional<Integer> approvalsPerHour(String tenant) {
    return bundles
        .tenantData(tenant)
        .map(TenantGrants::read)
        .flatMap(TenantGrants::approvalsPerHour);
  }

  /// The digest of a tenant's content in effect; empty if there is none.
  String contentSha256(String tenant) {
    return bundles
        .tenantData(tenant)
        .map(data -> BundleContent.tenant(tenant, data).sha256())
        .orElse("");
  }

  private TenantGrants current(String tenant) {
    return withPeople(
        tenant, bundles.tenantData(tenant).map(TenantGrants::read).orElseGet(TenantGrants::none));
  }

  /// Roles come from the store, groups from the data. Who lost the last of them must not stay.
  TenantGrants withPeople(String tenant, TenantGrants grants) {
    Map<String, List<String>> people =
        database.inTenant(tenant, connection -> people(connection, tenant));
    grants.withoutPrincipals();
    Map<String, List<String>> all = new TreeMap<>(people);
    grants
        .groups()
        .forEach((group, members) ->
            members.forEach(member -> all.merge(member, List.of(group), TenantPolicy::together)));
    all.forEach(grants::principal);
    grants.auditors(
        people.entrySet().stream()
            .filter(person -> person.getValue().contains(AUDITOR))
            .map(Map.Entry::getKey)
            .toList());
    return grants;
  }

  private static List<String> together(List<String> some, List<String> more) {
    return Stream.concat(some.stream(), more.stream()).toList();
  }

  private CommandContext context(
      String tenant, Actor actor, String correlation, Optional<String> traceparent) {
    return new CommandContext(
        tenant,
        Header.TENANT_WORKSPACE,
        Optional.empty(),
        actor,
        ids.get().toString(),
        correlation,
        traceparent,
        Optional.empty(),
        Optional.empty(),
        List.of());
  }

  private static Map<String, List<String>> people(Connection connection, String tenant)
      throws SQLException {
    Map<String, List<String>> people = new TreeMap<>();
    List<String[]> rows =
        Sql.all(
            connection,
            "SELECT subject, role FROM principal_role WHERE tenant = ? ORDER BY subject, role",
            row -> new String[] {row.getString(1), row.getString(2)},
            tenant);
    for (String[] row : rows) {
      people.computeIfAbsent(row[0], _ -> new ArrayList<>()).addAll(Arrays.asList(row[1]));
    }
    return people;
  }
}
