-- Whose say counts: handed to another person, signed with a passkey, and how much one person says.
CREATE TABLE approval_delegation (
  tenant text NOT NULL,
  delegation text NOT NULL,
  delegator text NOT NULL,
  delegate text NOT NULL,
  run text,
  gate text,
  begins_at timestamptz NOT NULL,
  ends_at timestamptz NOT NULL,
  revoked_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  CHECK (delegator <> delegate),
  CHECK ((run IS NULL) = (gate IS NULL)),
  PRIMARY KEY (tenant, delegation));
CREATE INDEX approval_delegation_by ON approval_delegation (tenant, delegator);
CREATE INDEX approval_delegation_to ON approval_delegation (tenant, delegate);

CREATE TABLE passkey (
  tenant text NOT NULL,
  passkey text NOT NULL,
  subject text NOT NULL,
  label text NOT NULL,
  credential bytea NOT NULL,
  public_key bytea NOT NULL,
  attested bytea NOT NULL,
  sign_count bigint NOT NULL,
  device_bound boolean NOT NULL,
  state text NOT NULL CHECK (state IN ('PENDING', 'ACTIVE')),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  last_used_at timestamptz,
  PRIMARY KEY (tenant, passkey));
CREATE INDEX passkey_subject ON passkey (tenant, subject);

-- A challenge is used up digest by digest; one without digests registers a passkey.
CREATE TABLE passkey_challenge (
  tenant text NOT NULL,
  challenge text NOT NULL,
  subject text NOT NULL,
  nonce bytea NOT NULL,
  digests text[] NOT NULL,
  used text[] NOT NULL DEFAULT '{}',
  expires_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, challenge));
CREATE INDEX passkey_challenge_subject ON passkey_challenge (tenant, subject);

CREATE TABLE approval_given (
  tenant text NOT NULL,
  approver text NOT NULL,
  run text NOT NULL,
  gate text NOT NULL,
  verdict text NOT NULL,
  call_digest text NOT NULL,
  given_at timestamptz NOT NULL DEFAULT clock_timestamp());
CREATE INDEX approval_given_of ON approval_given (tenant, approver, given_at);
CREATE INDEX approval_given_at ON approval_given (tenant, run, gate);

CREATE TABLE identity_link_proposal (
  tenant text NOT NULL,
  proposal text NOT NULL,
  external_id text NOT NULL,
  subject text NOT NULL,
  salt bytea NOT NULL,
  proposed_by text NOT NULL,
  state text NOT NULL CHECK (state IN ('OPEN', 'ACCEPTED', 'REJECTED')),
  decided_by text,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (tenant, proposal));

GRANT SELECT, INSERT, UPDATE ON approval_delegation, identity_link_proposal TO airails_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON passkey, passkey_challenge, approval_given TO airails_app;
