package ai.rails.command.policy;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

import ai.rails.command.policy.PolicyBundles.Published;
import ai.rails.command.tenant.TenantChanged;
import ai.rails.platform.postgres.Database;
import ai.rails.platform.postgres.Sql;

/// Keeps a tenant's policy data in step with its people. Grants change only through [GrantApi];
/// roles are taken over from the store whenever they change.
public final class TenantPolicy implements TenantChanged {
  private static final String AUDITOR = "auditor";

  private final PolicyBundles bundles;
  private final Database database;

  public TenantPolicy(PolicyBundles bundles, Database database) {
    this.bundles = bundles;
    this.database = database;
  }

  @Override
  public void changed(String tenant) {
    publish(tenant, UnaryOperator.identity());
  }

  /// Changes a tenant's grants and publishes what results, with the people of the store.
  synchronized Published publish(String tenant, UnaryOperator<TenantGrants> change) {
    TenantGrants grants =
        bundles.tenantData(tenant).map(TenantGrants::read).orElseGet(TenantGrants::none);
    Map<String, List<String>> people =
        database.inTransaction(connection -> people(connection, tenant));
    // Who lost the last role must not stay in the data.
    grants.withoutPrincipals();
    people.forEach(grants::principal);
    grants.auditors(
        people.entrySet().stream()
            .filter(person -> person.getValue().contains(AUDITOR))
            .map(Map.Entry::getKey)
            .toList());
    return bundles.publish(tenant, change.apply(grants).json());
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
