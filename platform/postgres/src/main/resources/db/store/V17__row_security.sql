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

GRANT USAGE ON SCHEMA tenancy TO airails_app;

-- Which tables have tenants is found out after each migration (afterMigrate.sql), so that none can be forgotten.

SELECT tenancy.let('timers', 'airails_app', 'SELECT', 'timer'), tenancy.let('timers', 'airails_app', 'UPDATE', 'timer');
SELECT tenancy.let('schedules', 'airails_app', 'SELECT', 'schedule'),
       tenancy.let('schedules', 'airails_app', 'UPDATE', 'schedule');
SELECT tenancy.let('retention', 'airails_app', 'SELECT', 'tenant'),
       tenancy.let('retention', 'airails_app', 'SELECT', 'retention'),
       tenancy.let('retention', 'airails_app', 'INSERT', 'retention'),
       tenancy.let('retention', 'airails_app', 'UPDATE', 'retention');
SELECT tenancy.let('measures', 'airails_app', 'SELECT', 'step_task'),
       tenancy.let('measures', 'airails_app', 'SELECT', 'timer');
SELECT tenancy.let('subscribers', 'airails_app', 'SELECT', 'siem_subscriber');
SELECT tenancy.let('bundles', 'airails_app', 'SELECT', 'policy_bundle'),
       tenancy.let('bundles', 'airails_app', 'SELECT', 'policy_content');
SELECT tenancy.let('keys', 'airails_app', 'SELECT', 'api_key');
SELECT tenancy.let('workers', 'airails_app', 'SELECT', 'workflow_active'),
       tenancy.let('workers', 'airails_app', 'SELECT', 'worker'),
       tenancy.let('workers', 'airails_app', 'SELECT', 'step_task');
SELECT tenancy.let('breakers', 'airails_app', 'SELECT', 'instance_flow');
SELECT tenancy.let('sweep', 'airails_app', 'SELECT', 'idempotency'),
       tenancy.let('sweep', 'airails_app', 'DELETE', 'idempotency'),
       tenancy.let('sweep', 'airails_app', 'SELECT', 'budget_charge'),
       tenancy.let('sweep', 'airails_app', 'DELETE', 'budget_charge'),
       tenancy.let('sweep', 'airails_app', 'SELECT', 'budget_counter'),
       tenancy.let('sweep', 'airails_app', 'DELETE', 'budget_counter');

-- What the platform's own bundle held belongs to no tenant.
CREATE POLICY bundles_platform ON policy_content FOR INSERT TO airails_app
  WITH CHECK ((SELECT tenancy.errand()) = 'bundles' AND tenant IS NULL);

-- The relay and the ledger's verification read what leaves the store, of every tenant. A role without a policy
-- would see no rows and no error.
CREATE POLICY relay ON event FOR SELECT TO airails_cdc USING (true);
CREATE POLICY relay ON step_command FOR SELECT TO airails_cdc USING (true);
CREATE POLICY relay ON workspace_head FOR SELECT TO airails_cdc USING (true);
