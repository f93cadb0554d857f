-- Releases count from the moment that the worker has shown that it could open them.

ALTER TABLE worker
  ADD COLUMN epoch bigint NOT NULL DEFAULT 0,
  ADD COLUMN pending_release text,
  ADD COLUMN pending_until timestamptz,
  ADD COLUMN pending_mac bytea,
  ADD COLUMN pending_before timestamptz,
  ADD COLUMN ended boolean NOT NULL DEFAULT false;
CREATE INDEX worker_version ON worker (tenant, artifact_digest);
