-- Auditors from outside, each for a time. A subject with a row has nothing but what its living row gives.
CREATE TABLE audit_access (
  tenant text NOT NULL,
  access text NOT NULL,
  subject text NOT NULL,
  until timestamptz NOT NULL,
  granted_by text NOT NULL,
  granted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  ended_at timestamptz,
  ended_by text,
  PRIMARY KEY (tenant, access));
CREATE INDEX audit_access_subject ON audit_access (tenant, subject);
CREATE UNIQUE INDEX audit_access_living ON audit_access (tenant, subject) WHERE ended_at IS NULL;
CREATE INDEX audit_access_due ON audit_access (until) WHERE ended_at IS NULL;
GRANT SELECT, INSERT, UPDATE ON audit_access TO airails_app;
SELECT tenancy.let('audits', 'airails_app', 'SELECT', 'audit_access');

-- An answer that is made in several transactions has its place before the first of them.
GRANT UPDATE ON idempotency TO airails_app;
