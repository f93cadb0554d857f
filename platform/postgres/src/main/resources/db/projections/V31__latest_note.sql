-- The first cosigned note of a size stays, for what was proved with it. While a log is idle,
-- witnesses say again that its newest checkpoint is the newest: that is kept beside it.
ALTER TABLE projection.checkpoint ADD COLUMN latest bytea;
ALTER TABLE projection.checkpoint ADD COLUMN latest_at bigint;
