-- Every view with a tenant column that came since the last time. Rebuilding compares all rows of all tenants.
SELECT tenancy.keep_apart(c.oid::regclass, 'airails_read'),
       tenancy.let('rebuild', 'airails_read', 'SELECT', c.oid::regclass)
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant' AND NOT a.attisdropped
 WHERE c.relnamespace = 'projection'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relrowsecurity;
