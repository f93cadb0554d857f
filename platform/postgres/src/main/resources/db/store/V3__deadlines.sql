-- When an attempt's time is over, from its first claim on. No lease reaches beyond it.
ALTER TABLE step_task ADD COLUMN deadline timestamptz;
