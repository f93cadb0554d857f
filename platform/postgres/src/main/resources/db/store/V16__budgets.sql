-- What may be used: by a tenant (workspace and workflow empty), a workspace (workflow empty) or a
-- workflow, in each hour, day or month, of money (billionths), runs, calls or tokens.
CREATE TABLE budget_limit (
  tenant text NOT NULL,
  workspace text NOT NULL,
  workflow text NOT NULL,
  period text NOT NULL CHECK (period IN ('HOUR', 'DAY', 'MONTH')),
  unit text NOT NULL,
  amount bigint NOT NULL CHECK (amount >= 0),
  PRIMARY KEY (tenant, workspace, workflow, period, unit));

-- What was used and set aside: a journal that is only written, so that no two writers meet. A limit
-- that is set in mid-period counts from it.
CREATE TABLE budget_charge (
  charge bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  tenant text NOT NULL,
  workspace text NOT NULL,
  workflow text NOT NULL,
  unit text NOT NULL,
  call_id text NOT NULL,
  slot int NOT NULL,
  at timestamptz NOT NULL,
  amount bigint NOT NULL,
  open boolean NOT NULL);
CREATE UNIQUE INDEX budget_charge_open ON budget_charge (tenant, call_id, unit) WHERE open;
CREATE INDEX budget_charge_at ON budget_charge (tenant, at);

-- What a limit's window has left. A tenant's is cut in slots, so that workspaces do not wait for each
-- other; the sum of the caps never exceeds the limit.
CREATE TABLE budget_counter_slot (
  tenant text NOT NULL,
  workspace text NOT NULL,
  workflow text NOT NULL,
  period text NOT NULL,
  unit text NOT NULL,
  from_time timestamptz NOT NULL,
  slot int NOT NULL,
  cap bigint NOT NULL,
  reserved bigint NOT NULL,
  used bigint NOT NULL,
  PRIMARY KEY (tenant, workspace, workflow, period, unit, from_time, slot)) WITH (fillfactor = 50);

INSERT INTO budget_limit (tenant, workspace, workflow, period, unit, amount)
SELECT DISTINCT ON (tenant, workspace, currency)
       tenant, workspace, '', 'MONTH', currency, limit_nanos
  FROM budget_counter ORDER BY tenant, workspace, currency, month DESC;

INSERT INTO budget_charge (tenant, workspace, workflow, unit, call_id, slot, at, amount, open)
SELECT tenant, workspace, '', currency, '', 0, (month || '-01T00:00:00Z')::timestamptz, spent_nanos, false
  FROM budget_counter WHERE spent_nanos > 0;
INSERT INTO budget_charge (tenant, workspace, workflow, unit, call_id, slot, at, amount, open)
SELECT tenant, workspace, '', currency, call_id, 0, (month || '-01T00:00:00Z')::timestamptz, nanos, true
  FROM budget_reservation;

DROP TABLE budget_reservation;
DROP TABLE budget_counter;
ALTER TABLE budget_counter_slot RENAME TO budget_counter;

GRANT SELECT, INSERT, UPDATE, DELETE ON budget_limit, budget_charge, budget_counter TO airails_app;

-- Calls that may be on their way: from the intent to the outcome.
CREATE TABLE call_flight (
  tenant text NOT NULL,
  call_id text NOT NULL,
  instance text NOT NULL,
  run text NOT NULL,
  since timestamptz NOT NULL,
  PRIMARY KEY (tenant, call_id));
CREATE INDEX call_flight_run ON call_flight (tenant, run);

-- How fast calls may follow each other at an instance, and whether it works.
CREATE TABLE instance_flow (
  tenant text NOT NULL,
  instance text NOT NULL,
  workspace text NOT NULL,
  -- When the next call is due at the manifest's rate; calls may come early by a burst.
  due_at timestamptz NOT NULL,
  -- What the other side asked for with Retry-After.
  not_before timestamptz NOT NULL,
  failures int NOT NULL,
  opened bigint NOT NULL,
  open_until timestamptz,
  probe text,
  code text NOT NULL,
  told boolean NOT NULL,
  PRIMARY KEY (tenant, instance)) WITH (fillfactor = 50);
CREATE INDEX instance_flow_untold ON instance_flow (tenant) WHERE NOT told;

-- How often an attempt was given fresh tickets under its epoch.
ALTER TABLE step_task ADD COLUMN freshened int NOT NULL DEFAULT 0;

GRANT SELECT, INSERT, UPDATE, DELETE ON call_flight, instance_flow TO airails_app;
