-- The store's V17 for the read side, which may be another database: the same functions, word for word.
-- Rows of one tenant are neither seen nor made in a transaction of another. The tenant, or the errand that looks at
-- several, is a setting that ends with the transaction; nobody who logs in passes the policies, the owner neither.

DO $$ BEGIN
  IF to_regnamespace('tenancy') IS NULL THEN
    CREATE SCHEMA tenancy;
  END IF;
END $$;

-- Whose transaction this is. An error where that was forgotten: no rows would look like an empty table.
CREATE OR REPLACE FUNCTION tenancy.tenant() RETURNS text LANGUAGE plpgsql STABLE PARALLEL SAFE
  SET search_path = pg_catalog AS $$
DECLARE
  tenant text := coalesce(current_setting('airails.tenant', true), '');
BEGIN
  IF tenant = '' AND coalesce(current_setting('airails.errand', true), '') = '' THEN
    RAISE EXCEPTION 'the transaction names no tenant' USING ERRCODE = '42501';
  END IF;
  RETURN tenant;
END $$;

CREATE OR REPLACE FUNCTION tenancy.errand() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
  SET search_path = pg_catalog AS $$ SELECT coalesce(current_setting('airails.errand', true), '') $$;

-- Keeps the tenants of a table apart for a role. Sub-selects, so that the functions run once a statement.
CREATE OR REPLACE FUNCTION tenancy.keep_apart(kept regclass, login text) RETURNS void LANGUAGE plpgsql
  SET search_path = pg_catalog AS $$
BEGIN
  EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', kept);
  EXECUTE format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', kept);
  EXECUTE format('CREATE POLICY own_tenant ON %s TO %I USING (tenant = (SELECT tenancy.tenant()))', kept, login);
  EXECUTE format('CREATE POLICY migration ON %s TO CURRENT_USER USING ((SELECT tenancy.errand()) = ''migration'')', kept);
END $$;

-- Lets an errand do one thing with the rows of every tenant.
CREATE OR REPLACE FUNCTION tenancy.let(errand text, login text, what text, kept regclass) RETURNS void LANGUAGE plpgsql
  SET search_path = pg_catalog AS $$
BEGIN
  EXECUTE format(
    'CREATE POLICY %I ON %s FOR %s TO %I %s ((SELECT tenancy.errand()) = %L)',
    errand || '_' || lower(what), kept, what, login, CASE what WHEN 'INSERT' THEN 'WITH CHECK' ELSE 'USING' END, errand);
END $$;

-- [jooq ignore start]
GRANT USAGE ON SCHEMA tenancy TO airails_read;

-- Which views have tenants is found out after each migration (afterMigrate.sql), so that none can be forgotten.

SELECT tenancy.let('follow', 'airails_read', 'SELECT', 'projection.head'),
       tenancy.let('follow', 'airails_read', 'SELECT', 'projection.checkpoint');
-- [jooq ignore stop]
