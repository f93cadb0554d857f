-- A worker that is to end takes no new step; what it has begun it may finish until then.

ALTER TABLE worker
  ADD COLUMN ending_until timestamptz,
  ADD COLUMN ending_reason text,
  ADD COLUMN expired_release text;
CREATE INDEX worker_release_until ON worker (release_until) WHERE NOT ended;
CREATE INDEX step_task_owner ON step_task (tenant, owner) WHERE open;
