-- Milliseconds of one GPU that a call held; 0 of calls that held none.
ALTER TABLE projection.cost ADD COLUMN gpu_millis bigint NOT NULL DEFAULT 0;
ALTER TABLE projection.cost ALTER COLUMN gpu_millis DROP DEFAULT;
