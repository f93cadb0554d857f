package ai.rails.platform.postgres;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;

/// Whether the database keeps tenants apart by itself: asked after every migration and in tests.
public final class RowSecurity {
  private static final String GAPS =
      """
      WITH ours AS (
        SELECT c.oid, c.oid::regclass::text AS name, c.relkind, c.relrowsecurity, c.relforcerowsecurity,
               coalesce(c.reloptions, '{}') AS options,
               EXISTS (SELECT 1 FROM pg_attribute a
                        WHERE a.attrelid = c.oid AND a.attname IN ('tenant', 'tenant_id')
                          AND NOT a.attisdropped) AS of_tenants
          FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
         WHERE n.nspname IN ('public', 'projection', 'tenancy'))
      SELECT format('table %s has tenants and no row-level security that binds its owner too', name)
        FROM ours
       WHERE of_tenants AND relkind IN ('r', 'p') AND NOT (relrowsecurity AND relforcerowsecurity)
      UNION ALL
      SELECT format('table %s has no policy own_tenant for all commands', name)
        FROM ours
       WHERE of_tenants AND relkind IN ('r', 'p') AND NOT EXISTS (
         SELECT 1 FROM pg_policy p
          WHERE p.polrelid = ours.oid AND p.polname = 'own_tenant' AND p.polcmd = '*'
            AND pg_get_expr(p.polqual, p.polrelid) LIKE '(tenant = ( SELECT tenancy.tenant()%')
      UNION ALL
      SELECT format('%s has tenants and can have no row-level security', name)
        FROM ours WHERE of_tenants AND relkind IN ('m', 'f')
      UNION ALL
      SELECT format('view %s reads with its owner''s rights: make it WITH (security_invoker = true)', name)
        FROM ours WHERE relkind = 'v' AND NOT options && ARRAY['security_invoker=true', 'security_invoker=on']
      UNION ALL
      SELECT format('policy %s of table %s is bound to neither a tenant nor an errand', p.polname, ours.name)
        FROM pg_policy p JOIN ours ON ours.oid = p.polrelid
       WHERE p.polname <> 'own_tenant'
         AND NOT (p.polcmd = 'r' AND p.polroles = ARRAY(
           SELECT oid FROM pg_roles WHERE rolname = 'airails_cdc'))
         AND coalesce(pg_get_expr(p.polqual, p.polrelid), '')
             || coalesce(pg_get_expr(p.polwithcheck, p.polrelid), '') NOT LIKE '%tenancy.errand()%'
      UNION ALL
      SELECT format('function %s runs with its owner''s rights', p.oid::regprocedure)
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
       WHERE n.nspname IN ('public', 'projection', 'tenancy') AND p.prosecdef
      UNION ALL
      SELECT format('role %s passes row-level security: ALTER ROLE %I NOSUPERUSER NOBYPASSRLS', rolname, rolname)
        FROM pg_roles WHERE rolname LIKE 'airails\\_%' AND (rolsuper OR rolbypassrls)
      ORDER BY 1
      """;

  private RowSecurity() {}

  /// What is wrong, a sentence each; empty if nothing is.
  public static List<String> gaps(Connection connection) throws SQLException {
    return Sql.all(connection, GAPS, row -> row.getString(1));
  }
}
