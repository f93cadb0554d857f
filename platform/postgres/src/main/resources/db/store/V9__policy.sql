-- What decided, for as long as its decisions are kept: a decision names its content by digest.
CREATE TABLE policy_content (
  bundle text NOT NULL,
  content_sha256 text NOT NULL,
  tenant text,
  files bytea NOT NULL,
  kept_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (bundle, content_sha256));
CREATE TRIGGER policy_content_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON policy_content
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Reports of simulations; the event names the digest.
CREATE TABLE policy_simulation (
  tenant text NOT NULL,
  simulation text NOT NULL,
  report bytea NOT NULL,
  report_sha256 text NOT NULL,
  candidate_sha256 text NOT NULL,
  -- Everything was reproduced and nothing was undefined.
  sound boolean NOT NULL,
  PRIMARY KEY (tenant, simulation));
CREATE INDEX policy_simulation_candidate ON policy_simulation (tenant, candidate_sha256);

-- Content that somebody proposes and somebody else decides about.
CREATE TABLE policy_draft (
  tenant text NOT NULL,
  draft text NOT NULL,
  author text NOT NULL,
  content_sha256 text NOT NULL,
  base_sha256 text NOT NULL,
  data bytea NOT NULL,
  state text NOT NULL CHECK (state IN ('OPEN', 'PUBLISHED', 'REJECTED')),
  decided_by text,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (tenant, draft));

-- Keys that speak for a subject. Of the secret only a keyed hash is kept.
CREATE TABLE api_key (
  key text PRIMARY KEY,
  tenant text NOT NULL,
  subject text NOT NULL,
  secret_hash bytea NOT NULL,
  roles text[] NOT NULL,
  expires_at timestamptz NOT NULL,
  issued_by text NOT NULL,
  issued_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  revoked_at timestamptz,
  last_used_at timestamptz);
CREATE INDEX api_key_subject ON api_key (tenant, subject);

GRANT SELECT, INSERT ON policy_content, policy_simulation TO airails_app;
GRANT SELECT, INSERT, UPDATE ON policy_draft, api_key TO airails_app;
