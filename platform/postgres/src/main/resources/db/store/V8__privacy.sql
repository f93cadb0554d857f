-- Whom a run is about, which run it was forked from, when it ended and when its content was destroyed.
ALTER TABLE run_index
  ADD COLUMN subject text,
  ADD COLUMN fork_of text,
  ADD COLUMN ended_at timestamptz,
  ADD COLUMN erased_at timestamptz;
UPDATE run_index r SET ended_at = e.recorded_at AT TIME ZONE 'UTC'
  FROM event e
 WHERE e.tenant = r.tenant AND e.stream_type = 'Run' AND e.stream_id = r.run
   AND e.event_type IN ('WORKFLOW_COMPLETED', 'WORKFLOW_FAILED', 'RUN_CANCELLED');
CREATE INDEX run_subject ON run_index (tenant, subject) WHERE subject IS NOT NULL;
CREATE INDEX run_fork ON run_index (tenant, fork_of) WHERE fork_of IS NOT NULL;
CREATE INDEX run_kept ON run_index (tenant, ended_at) WHERE ended_at IS NOT NULL AND erased_at IS NULL;

-- Holds that stand. A row is deleted when its hold is released; the events tell of both.
CREATE TABLE legal_hold (
  tenant text NOT NULL,
  hold text NOT NULL,
  scope text NOT NULL CHECK (scope IN ('RUN', 'SUBJECT', 'WORKSPACE')),
  target text NOT NULL,
  PRIMARY KEY (tenant, hold));
CREATE INDEX legal_hold_target ON legal_hold (tenant, scope, target);

-- What a tenant keeps how long, and when it is swept next.
CREATE TABLE retention (
  tenant text PRIMARY KEY,
  content_days int NOT NULL,
  trace_days int NOT NULL,
  audit_days int NOT NULL,
  due_at timestamptz NOT NULL);
CREATE INDEX retention_due ON retention (due_at);

-- Deleted rows stay in their pages until they are vacuumed, so that is done soon.
ALTER TABLE run_key SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 100);
ALTER TABLE sealed_content SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 100,
  toast.autovacuum_vacuum_scale_factor = 0, toast.autovacuum_vacuum_threshold = 100);

GRANT SELECT, INSERT, UPDATE, DELETE ON legal_hold, retention TO airails_app;
