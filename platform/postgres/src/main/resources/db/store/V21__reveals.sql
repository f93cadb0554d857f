-- What confidential workers need beside their own rows.

-- Reveals: sealed content that a worker seals again, to the key of a person who may see it. What lies here is
-- ciphertext under a key that this cell never had, for a quarter of an hour.
CREATE TABLE reveal (
  tenant text NOT NULL,
  reveal uuid NOT NULL,
  run text NOT NULL,
  subject text NOT NULL,
  hour text NOT NULL,
  public_key bytea NOT NULL,
  expires_at timestamptz NOT NULL,
  sealed bytea,
  worker text,
  answered_at timestamptz,
  PRIMARY KEY (tenant, reveal));
CREATE INDEX reveal_run ON reveal (tenant, run);
GRANT SELECT, INSERT, UPDATE, DELETE ON reveal TO airails_app;

-- Whoever runs the workers counts what waits, by workflow version.
SELECT tenancy.let('workers', 'airails_app', 'SELECT', 'run_index'),
       tenancy.let('workers', 'airails_app', 'SELECT', 'timer');

-- What evidence is judged with, by platform family: it outlives a restart, and so does the highest number seen. It is
-- public, signed and no tenant's.
CREATE TABLE collateral_set (
  fmspc text NOT NULL,
  ca text NOT NULL,
  set_kind text NOT NULL CHECK (set_kind IN ('standard', 'early')),
  evaluation int NOT NULL,
  fetched_at timestamptz NOT NULL,
  parts bytea[] NOT NULL,
  PRIMARY KEY (fmspc, ca, set_kind));
GRANT SELECT, INSERT, UPDATE ON collateral_set TO airails_app;

-- A worker whose platform Intel will soon call less than current: what it will be called.
ALTER TABLE worker ADD COLUMN demotion text;
SELECT tenancy.let('measures', 'airails_app', 'SELECT', 'worker');
