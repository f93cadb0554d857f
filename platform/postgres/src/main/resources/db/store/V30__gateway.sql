-- Why a step comes later, so that what it waits for can let it come now.
ALTER TABLE timer ADD COLUMN reason text NOT NULL DEFAULT '';
CREATE INDEX timer_budget ON timer (tenant) WHERE reason = 'BUDGET_EXCEEDED';

-- An instance of a connector version that was revoked stays so, whatever becomes of the list.
ALTER TABLE connector_instance ADD COLUMN revoked_at timestamptz;
CREATE INDEX connector_instance_digest ON connector_instance (connector_digest)
  WHERE revoked_at IS NULL;
SELECT tenancy.let('revocations', 'airails_app', 'SELECT', 'connector_instance');
