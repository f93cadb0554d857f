-- A workspace's log that had to be abandoned goes on in another epoch. The views follow the newest; of those before,
-- tiles, checkpoints and leaves stay, so that what was proved with them can be proved again.

ALTER TABLE projection.tile ADD COLUMN epoch int NOT NULL DEFAULT 1;
ALTER TABLE projection.tile DROP CONSTRAINT tile_pkey;
ALTER TABLE projection.tile ADD PRIMARY KEY (tenant, workspace, epoch, level, idx);

ALTER TABLE projection.checkpoint ADD COLUMN epoch int NOT NULL DEFAULT 1;
ALTER TABLE projection.checkpoint DROP CONSTRAINT checkpoint_pkey;
ALTER TABLE projection.checkpoint ADD PRIMARY KEY (tenant, workspace, epoch, size);
DROP INDEX projection.checkpoint_cosigned;
CREATE INDEX checkpoint_cosigned ON projection.checkpoint (tenant, workspace, epoch, size) WHERE cosigned;

-- Leaves of abandoned logs, and the events beside them where the store lost those.
CREATE TABLE projection.abandoned_entry (
  tenant text NOT NULL,
  workspace text NOT NULL,
  epoch int NOT NULL,
  position bigint NOT NULL,
  leaf bytea NOT NULL,
  event bytea NOT NULL,
  PRIMARY KEY (tenant, workspace, epoch, position));

-- [jooq ignore start]
ALTER TABLE projection.tile ALTER COLUMN epoch DROP DEFAULT;
ALTER TABLE projection.checkpoint ALTER COLUMN epoch DROP DEFAULT;
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON projection.abandoned_entry TO airails_read;
-- [jooq ignore stop]
