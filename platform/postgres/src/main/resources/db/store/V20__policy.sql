-- Versions of tenants' policy data; which part of one rises is said by a replay.
ALTER TABLE policy_bundle ADD COLUMN version text NOT NULL DEFAULT '1.0.0';

-- What its author called it; without one, the least that the replay permits.
ALTER TABLE policy_draft ADD COLUMN version text;

-- PATCH, MINOR or MAJOR. Drafts that were simulated before are simulated again.
ALTER TABLE policy_simulation ADD COLUMN change text;

-- A tenant that was offboarded takes no commands; its events and ids stay.
ALTER TABLE tenant DROP CONSTRAINT tenant_status_check;
ALTER TABLE tenant ADD CONSTRAINT tenant_status_check
  CHECK (status IN ('PROVISIONING', 'ACTIVE', 'OFFBOARDED'));

-- Drafts that are asked beside what decides, about the same questions, and never enforced.
CREATE TABLE policy_shadow (
  tenant text NOT NULL,
  shadow text NOT NULL,
  candidate_sha256 text NOT NULL,
  data bytea NOT NULL,
  started_by text NOT NULL,
  ends_at timestamptz NOT NULL,
  ended boolean NOT NULL DEFAULT false,
  PRIMARY KEY (tenant, shadow));

-- How far each log has been followed; its first decision is the first after the shadow's start.
CREATE TABLE policy_shadow_log (
  tenant text NOT NULL,
  shadow text NOT NULL,
  workspace text NOT NULL,
  position bigint NOT NULL,
  PRIMARY KEY (tenant, shadow, workspace));

CREATE TABLE policy_shadow_decision (
  tenant text NOT NULL,
  shadow text NOT NULL,
  decision text NOT NULL,
  workspace text NOT NULL,
  position bigint NOT NULL,
  tool text NOT NULL,
  action text NOT NULL,
  risk text NOT NULL,
  was text NOT NULL,
  would_be text NOT NULL,
  reasons text NOT NULL,
  PRIMARY KEY (tenant, shadow, decision));

GRANT SELECT, INSERT, UPDATE, DELETE ON policy_shadow, policy_shadow_log, policy_shadow_decision
  TO airails_app;
