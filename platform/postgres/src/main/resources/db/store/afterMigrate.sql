-- Every table with a tenant column that came since the last time, partitions too.
SELECT tenancy.keep_apart(c.oid::regclass, 'airails_app')
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant' AND NOT a.attisdropped
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relrowsecurity;
