-- Tiles of each log's Merkle tree, folded from the same leaves as the views, and the notes that
-- the signer and its witnesses signed over them.

-- What was folded before has no tiles: forget it, the feed folds it again.
TRUNCATE projection.feed_offset, projection.head, projection.entry, projection.run, projection.step,
  projection.gate, projection.gate_vote, projection.decision, projection.call, projection.cost,
  projection.model_use, projection.workflow_version, projection.connector_instance;

-- The log's name, as its leaves and checkpoints have it.
ALTER TABLE projection.head ADD COLUMN origin text NOT NULL;

-- C2SP tlog-tiles: hashes one after the other; the one at the right edge grows until it has 256.
CREATE TABLE projection.tile (
  tenant text NOT NULL,
  workspace text NOT NULL,
  level int NOT NULL,
  idx bigint NOT NULL,
  hashes bytea NOT NULL,
  PRIMARY KEY (tenant, workspace, level, idx));

-- Notes that the policy file lets us believe and whose root is the root of our own tree.
CREATE TABLE projection.checkpoint (
  tenant text NOT NULL,
  workspace text NOT NULL,
  size bigint NOT NULL,
  root bytea NOT NULL,
  note bytea NOT NULL,
  cosigned boolean NOT NULL,
  signed_at bigint NOT NULL,
  cosigned_at bigint,
  PRIMARY KEY (tenant, workspace, size));
CREATE INDEX checkpoint_cosigned ON projection.checkpoint (tenant, workspace, size) WHERE cosigned;

-- [jooq ignore start]
-- Hashes do not compress: do not try.
ALTER TABLE projection.tile ALTER COLUMN hashes SET STORAGE EXTERNAL;
CREATE INDEX entry_recorded ON projection.entry (tenant, workspace, recorded_at, position);
GRANT SELECT, INSERT, UPDATE, DELETE, TRUNCATE ON ALL TABLES IN SCHEMA projection TO airails_read;
-- [jooq ignore stop]
