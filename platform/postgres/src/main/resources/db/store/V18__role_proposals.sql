-- Roles that somebody proposes and somebody else decides about.
CREATE TABLE role_proposal (
  tenant text NOT NULL,
  proposal text NOT NULL,
  subject text NOT NULL,
  roles text[] NOT NULL,
  proposed_by text NOT NULL,
  state text NOT NULL CHECK (state IN ('OPEN', 'ACCEPTED', 'REJECTED')),
  decided_by text,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (tenant, proposal));
GRANT SELECT, INSERT, UPDATE ON role_proposal TO airails_app;
