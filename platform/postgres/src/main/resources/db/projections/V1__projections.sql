-- The read side. Everything here follows from the ledger topics and can be dropped and folded again.

CREATE SCHEMA projection;

CREATE TABLE projection.feed_offset (
  topic text NOT NULL,
  part int NOT NULL,
  next_offset bigint NOT NULL,
  PRIMARY KEY (topic, part));

-- How far each log has been folded.
CREATE TABLE projection.head (
  tenant text NOT NULL,
  workspace text NOT NULL,
  position bigint NOT NULL,
  leaf_hash bytea NOT NULL,
  recorded_at bigint NOT NULL,
  PRIMARY KEY (tenant, workspace));

CREATE TABLE projection.entry (
  tenant text NOT NULL,
  workspace text NOT NULL,
  position bigint NOT NULL,
  entry_type text NOT NULL,
  event_id text NOT NULL,
  stream_type text NOT NULL,
  stream_id text NOT NULL,
  actor_kind text NOT NULL,
  actor_id text NOT NULL,
  run text,
  workflow text,
  traceparent text,
  recorded_at bigint NOT NULL,
  leaf bytea NOT NULL,
  event bytea NOT NULL,
  PRIMARY KEY (tenant, workspace, position));
CREATE INDEX entry_run ON projection.entry (tenant, run, position);

CREATE TABLE projection.run (
  tenant text NOT NULL,
  run text NOT NULL,
  workspace text NOT NULL,
  environment text NOT NULL,
  workflow text NOT NULL,
  version text NOT NULL,
  artifact_digest text NOT NULL,
  trigger_id text NOT NULL,
  requester text NOT NULL,
  external_id text NOT NULL,
  status text NOT NULL,
  started_at bigint NOT NULL,
  ended_at bigint,
  failure_code text,
  trace_id text,
  position bigint NOT NULL,
  PRIMARY KEY (tenant, run));
CREATE INDEX run_started ON projection.run (tenant, started_at, run);

CREATE TABLE projection.step (
  tenant text NOT NULL,
  run text NOT NULL,
  step text NOT NULL,
  status text NOT NULL,
  attempt int NOT NULL,
  purpose text NOT NULL,
  reason text NOT NULL,
  not_before bigint,
  scheduled_at bigint,
  ended_at bigint,
  disclosed text NOT NULL,
  changed_at bigint NOT NULL,
  position bigint NOT NULL,
  PRIMARY KEY (tenant, run, step));
CREATE INDEX step_waiting ON projection.step (tenant, changed_at, run, step)
  WHERE status IN ('DEAD', 'AMBIGUOUS');

CREATE TABLE projection.gate (
  tenant text NOT NULL,
  run text NOT NULL,
  gate text NOT NULL,
  workspace text NOT NULL,
  workflow text NOT NULL,
  for_step text NOT NULL,
  call_id text NOT NULL,
  call_digest text NOT NULL,
  role text NOT NULL,
  quorum int NOT NULL,
  requester text NOT NULL,
  author text NOT NULL,
  display text NOT NULL,
  reasons text NOT NULL,
  state text NOT NULL,
  requested_at bigint NOT NULL,
  expires_at bigint NOT NULL,
  decided_at bigint,
  position bigint NOT NULL,
  PRIMARY KEY (tenant, run, gate));
CREATE INDEX gate_open ON projection.gate (tenant, state, expires_at);

CREATE TABLE projection.gate_vote (
  tenant text NOT NULL,
  run text NOT NULL,
  gate text NOT NULL,
  position bigint NOT NULL,
  approver text NOT NULL,
  verdict text NOT NULL,
  channel text NOT NULL,
  call_digest text NOT NULL,
  decided_at bigint NOT NULL,
  PRIMARY KEY (tenant, run, gate, position));

CREATE TABLE projection.decision (
  tenant text NOT NULL,
  decision_id text NOT NULL,
  workspace text NOT NULL,
  run text NOT NULL,
  step text NOT NULL,
  call_id text NOT NULL,
  effect text NOT NULL,
  reasons text NOT NULL,
  unavailable text,
  revisions text NOT NULL,
  input text NOT NULL,
  input_sha256 text NOT NULL,
  decided_at bigint NOT NULL,
  position bigint NOT NULL,
  PRIMARY KEY (tenant, decision_id));
CREATE INDEX decision_run ON projection.decision (tenant, run, position);

CREATE TABLE projection.call (
  tenant text NOT NULL,
  call_id text NOT NULL,
  workspace text NOT NULL,
  run text NOT NULL,
  step text NOT NULL,
  tool text NOT NULL,
  action text NOT NULL,
  host text NOT NULL,
  idempotency_class text NOT NULL,
  call_digest text NOT NULL,
  epoch bigint NOT NULL,
  intended_at bigint NOT NULL,
  executed_at bigint,
  outcome text,
  code text,
  http_status int,
  vendor_ref text,
  requests int,
  verified boolean,
  adopted boolean,
  position bigint NOT NULL,
  PRIMARY KEY (tenant, call_id));
CREATE INDEX call_run ON projection.call (tenant, run, position);

CREATE TABLE projection.cost (
  tenant text NOT NULL,
  workspace text NOT NULL,
  position bigint NOT NULL,
  run text NOT NULL,
  call_id text NOT NULL,
  currency text NOT NULL,
  nanos bigint NOT NULL,
  price_table text NOT NULL,
  settled_at bigint NOT NULL,
  PRIMARY KEY (tenant, workspace, position));
CREATE INDEX cost_run ON projection.cost (tenant, run);

CREATE TABLE projection.model_use (
  tenant text NOT NULL,
  workspace text NOT NULL,
  position bigint NOT NULL,
  run text NOT NULL,
  step text NOT NULL,
  provider text NOT NULL,
  model text NOT NULL,
  response_model text NOT NULL,
  input_tokens bigint NOT NULL,
  cached_input_tokens bigint NOT NULL,
  output_tokens bigint NOT NULL,
  nanos bigint NOT NULL,
  currency text NOT NULL,
  price_table text NOT NULL,
  PRIMARY KEY (tenant, workspace, position));
CREATE INDEX model_use_run ON projection.model_use (tenant, run);

CREATE TABLE projection.workflow_version (
  tenant text NOT NULL,
  workflow text NOT NULL,
  version text NOT NULL,
  workspace text NOT NULL,
  artifact_digest text NOT NULL,
  manifest_digest text NOT NULL,
  signing_key_id text NOT NULL,
  author text NOT NULL,
  published_at bigint NOT NULL,
  refused_reason text,
  position bigint NOT NULL,
  PRIMARY KEY (tenant, workflow, version));

CREATE TABLE projection.connector_instance (
  tenant text NOT NULL,
  instance text NOT NULL,
  workspace text NOT NULL,
  connector text NOT NULL,
  connector_digest text NOT NULL,
  host text NOT NULL,
  port int NOT NULL,
  created_at bigint NOT NULL,
  credential_at bigint,
  position bigint NOT NULL,
  PRIMARY KEY (tenant, instance));

-- [jooq ignore start]
GRANT USAGE ON SCHEMA projection TO airails_read;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA projection TO airails_read;
-- [jooq ignore stop]
