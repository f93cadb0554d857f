-- Runners: processes outside every confidential machine that make calls where no worker reaches. A runner is one
-- workspace's and one environment's for its life; its keys may be replaced.
CREATE TABLE runner (
  tenant text NOT NULL,
  runner text NOT NULL,
  workspace text NOT NULL,
  environment text NOT NULL,
  certificate text NOT NULL,
  hpke_public text NOT NULL,
  signature text NOT NULL,
  tls_key_sha256 text NOT NULL,
  revoked boolean NOT NULL DEFAULT false,
  seen_at timestamptz,
  PRIMARY KEY (tenant, runner));
GRANT SELECT, INSERT, UPDATE ON runner TO airails_app;

-- Calls on their way by a runner. What lies here is ciphertext: of the call, to the runner's key; of the answer, to a key
-- that the worker made for this one call. It is of no use after the call and is taken away after an hour.
CREATE TABLE runner_call (
  tenant text NOT NULL,
  call_id text NOT NULL,
  epoch bigint NOT NULL,
  run text NOT NULL,
  workspace text NOT NULL,
  environment text NOT NULL,
  runner text NOT NULL,
  instance text NOT NULL,
  sealed bytea NOT NULL,
  not_after timestamptz NOT NULL,
  state text NOT NULL CHECK (state IN ('WAITING', 'TAKEN', 'ANSWERED', 'WITHDRAWN')),
  answer bytea,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (tenant, call_id, epoch));
CREATE INDEX runner_call_open ON runner_call (tenant, runner) WHERE state IN ('WAITING', 'TAKEN');
CREATE INDEX runner_call_run ON runner_call (tenant, run);
GRANT SELECT, INSERT, UPDATE, DELETE ON runner_call TO airails_app;
SELECT tenancy.let('sweep', 'airails_app', 'SELECT', 'runner_call'),
       tenancy.let('sweep', 'airails_app', 'DELETE', 'runner_call');

-- The runner through which an instance is reached; none for those that workers reach.
ALTER TABLE connector_instance ADD COLUMN runner text;
