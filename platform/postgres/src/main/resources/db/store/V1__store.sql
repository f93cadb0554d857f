-- The write side's store. Roles (airails_app, airails_cdc) exist before; the owner runs this.
-- `event` and `step_command` are the only tables that leave through the publication.

CREATE TABLE tenant (
  tenant text PRIMARY KEY,
  region text NOT NULL,
  cell text NOT NULL,
  status text NOT NULL CHECK (status IN ('PROVISIONING', 'ACTIVE')));

-- One row per log. The last statement of every command updates it, so that positions are contiguous.
CREATE TABLE workspace_head (
  tenant text NOT NULL,
  workspace text NOT NULL,
  position bigint NOT NULL,
  recorded_at timestamp(3) NOT NULL,
  PRIMARY KEY (tenant, workspace)) WITH (fillfactor = 50);

CREATE TABLE event (
  event_id uuid NOT NULL,
  tenant text NOT NULL,
  workspace text NOT NULL,
  position bigint NOT NULL,
  recorded_at timestamp(3) NOT NULL,
  stream_type text NOT NULL,
  stream_id text NOT NULL,
  seq bigint NOT NULL,
  event_type text NOT NULL,
  traceparent text,
  payload bytea NOT NULL,
  -- Where the relay sends it: a new tenant has no topics yet, so its first event goes to the cell's control topic.
  route text NOT NULL GENERATED ALWAYS AS (CASE event_type WHEN 'TENANT_CREATED' THEN '_control' ELSE tenant END) STORED,
  PRIMARY KEY (tenant, workspace, position),
  CONSTRAINT event_stream UNIQUE (tenant, stream_type, stream_id, seq));

CREATE TABLE step_command (
  command_id uuid PRIMARY KEY,
  tenant text NOT NULL,
  run text NOT NULL,
  recorded_at timestamp(3) NOT NULL,
  traceparent text,
  payload bytea NOT NULL);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'history is append-only' USING ERRCODE = '42501';
END $$;
CREATE TRIGGER event_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON event
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE PUBLICATION rails_outbox FOR TABLE event, step_command WITH (publish = 'insert', publish_generated_columns = stored);

-- Where a run lives, and the claimable attempt of each of its steps.
CREATE TABLE run_index (
  tenant text NOT NULL,
  run text NOT NULL,
  workspace text NOT NULL,
  environment text NOT NULL,
  workflow text NOT NULL,
  artifact_digest text NOT NULL,
  PRIMARY KEY (tenant, run));

CREATE TABLE step_task (
  tenant text NOT NULL,
  run text NOT NULL,
  step text NOT NULL,
  attempt int NOT NULL,
  attempt_group int NOT NULL,
  purpose text NOT NULL,
  command_id uuid NOT NULL,
  open boolean NOT NULL,
  epoch bigint NOT NULL DEFAULT 0,
  owner text,
  lease_until timestamptz,
  traceparent text,
  PRIMARY KEY (tenant, run, step, attempt));

CREATE TABLE timer (
  timer_id uuid PRIMARY KEY,
  tenant text NOT NULL,
  run text NOT NULL,
  kind text NOT NULL,
  step text NOT NULL,
  attempt int NOT NULL,
  epoch bigint NOT NULL,
  due_at timestamptz NOT NULL,
  traceparent text);
CREATE INDEX timer_due ON timer (due_at);
CREATE INDEX timer_step ON timer (tenant, run, step);

CREATE TABLE idempotency (
  tenant text NOT NULL,
  principal text NOT NULL,
  route text NOT NULL,
  key text NOT NULL,
  fingerprint bytea NOT NULL,
  status int NOT NULL,
  headers text NOT NULL,
  body bytea NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (tenant, principal, route, key));

CREATE TABLE trigger_seen (
  tenant text NOT NULL,
  source text NOT NULL,
  message_id text NOT NULL,
  run text NOT NULL,
  seen_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (tenant, source, message_id));

CREATE TABLE sealed_content (
  tenant text NOT NULL,
  run text NOT NULL,
  ref text NOT NULL,
  ciphertext bytea NOT NULL,
  PRIMARY KEY (tenant, run, ref));

CREATE TABLE run_key (
  tenant text NOT NULL,
  run text NOT NULL,
  wrapped bytea NOT NULL,
  PRIMARY KEY (tenant, run));

CREATE TABLE budget_counter (
  tenant text NOT NULL,
  workspace text NOT NULL,
  month text NOT NULL,
  currency text NOT NULL,
  limit_nanos bigint NOT NULL,
  reserved_nanos bigint NOT NULL DEFAULT 0,
  spent_nanos bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (tenant, workspace, month, currency));

-- What a call has set aside, and of which month; gone once it is settled.
CREATE TABLE budget_reservation (
  tenant text NOT NULL,
  call_id text NOT NULL,
  workspace text NOT NULL,
  month text NOT NULL,
  currency text NOT NULL,
  nanos bigint NOT NULL,
  PRIMARY KEY (tenant, call_id));

CREATE TABLE workflow_artifact (
  tenant text NOT NULL,
  digest text NOT NULL,
  workspace text NOT NULL,
  workflow text NOT NULL,
  version text NOT NULL,
  artifact bytea NOT NULL,
  manifest bytea NOT NULL,
  signature bytea NOT NULL,
  signing_key_id text NOT NULL,
  ingest_public bytea NOT NULL,
  ingest_wrapped bytea NOT NULL,
  PRIMARY KEY (tenant, digest),
  UNIQUE (tenant, workspace, workflow, version));

-- The version that new runs of a workflow start on, by environment.
CREATE TABLE workflow_active (
  tenant text NOT NULL,
  workspace text NOT NULL,
  workflow text NOT NULL,
  environment text NOT NULL,
  digest text NOT NULL,
  PRIMARY KEY (tenant, workspace, workflow, environment));

CREATE TABLE workflow_key (
  tenant text NOT NULL,
  digest text NOT NULL,
  wrapped bytea NOT NULL,
  PRIMARY KEY (tenant, digest));

CREATE TABLE connector_instance (
  tenant text NOT NULL,
  instance text NOT NULL,
  workspace text NOT NULL,
  connector text NOT NULL,
  connector_digest text NOT NULL,
  host text NOT NULL,
  port int NOT NULL,
  settings text NOT NULL,
  ingest_public bytea NOT NULL,
  ingest_wrapped bytea NOT NULL,
  credential bytea,
  webhook_secret_wrapped bytea,
  PRIMARY KEY (tenant, instance));

CREATE TABLE worker (
  tenant text NOT NULL,
  worker text NOT NULL,
  workspace text NOT NULL,
  environment text NOT NULL,
  artifact_digest text NOT NULL,
  release_id text,
  release_until timestamptz,
  PRIMARY KEY (tenant, worker));

CREATE TABLE release_nonce (
  tenant text NOT NULL,
  worker text NOT NULL,
  nonce text NOT NULL,
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, worker, nonce));

CREATE TABLE identity_link (
  tenant text NOT NULL,
  provider text NOT NULL,
  external_id text NOT NULL,
  subject text NOT NULL,
  PRIMARY KEY (tenant, provider, external_id));

CREATE TABLE principal_role (
  tenant text NOT NULL,
  subject text NOT NULL,
  role text NOT NULL,
  PRIMARY KEY (tenant, subject, role));

CREATE TABLE policy_high_water (
  bundle text PRIMARY KEY,
  seq bigint NOT NULL);

CREATE TABLE policy_bundle (
  bundle text PRIMARY KEY,
  tenant text,
  content_sha256 text NOT NULL,
  data bytea NOT NULL);

GRANT USAGE ON SCHEMA public TO airails_app, airails_cdc;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO airails_app;
REVOKE UPDATE, DELETE ON event, step_command FROM airails_app;
REVOKE DELETE ON workspace_head, tenant FROM airails_app;
GRANT DELETE ON step_command TO airails_app;
GRANT SELECT ON event, step_command, workspace_head TO airails_cdc;
