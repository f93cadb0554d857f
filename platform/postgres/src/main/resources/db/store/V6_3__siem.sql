-- The last act upon each SIEM subscriber, and whether the brokers know of it. A password is here only sealed to
-- the key of the administrator who asked for it.
CREATE TABLE siem_subscriber (
  tenant text NOT NULL,
  name text NOT NULL,
  act text NOT NULL CHECK (act IN ('GRANT', 'ROTATE', 'REVOKE')),
  generation integer NOT NULL,
  recipient bytea NOT NULL,
  sealed bytea,
  done boolean NOT NULL DEFAULT false,
  asked_at timestamptz NOT NULL,
  PRIMARY KEY (tenant, name));
CREATE INDEX siem_subscriber_open ON siem_subscriber (asked_at) WHERE NOT done;
GRANT SELECT, INSERT, UPDATE, DELETE ON siem_subscriber TO airails_app;
