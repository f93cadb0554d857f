-- How many steps wait is asked often; steps that are done are many and stay.
CREATE INDEX step_task_open ON step_task (lease_until) WHERE open;
