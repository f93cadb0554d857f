-- When the schedules of active versions are due next. Whoever starts a run moves its row on in the run's
-- transaction, so that an instant starts one run whatever processes there are.
CREATE TABLE schedule (
  tenant text NOT NULL,
  workspace text NOT NULL,
  workflow text NOT NULL,
  environment text NOT NULL,
  trigger_id text NOT NULL,
  digest text NOT NULL,
  expression text NOT NULL,
  due_at timestamptz NOT NULL,
  claimed_until timestamptz,
  PRIMARY KEY (tenant, workspace, workflow, environment, trigger_id));
CREATE INDEX schedule_due ON schedule (due_at);
GRANT SELECT, INSERT, UPDATE, DELETE ON schedule TO airails_app;
