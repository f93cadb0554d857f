package airails.workflow_lint_test

import data.airails.workflow_lint

codes(steps, connectors) := {found.code | some found in findings} if {
	findings := workflow_lint.findings with input as {"steps": steps, "connectors": connectors}
}

write := {
	"id": "write",
	"order": 1,
	"gated": true,
	"tainted": false,
	"compensated": true,
	"attempts": 3,
	"timeout_s": 60,
	"action": {"effect": "WRITE", "risk": "R2", "class": "U"},
}

pinned := {"connector": "openai", "model": "gpt-4.1-2025-04-14", "any_host": false}

test_a_careful_workflow_has_no_findings if {
	codes([write], {"model": pinned, "desk": {"connector": "desk", "any_host": false}}) == set()
}

test_a_write_that_nobody_sees if {
	codes([object.union(write, {"gated": false})], {}) == {"write.ungated"}
	codes([object.union(write, {"gated": false, "action": {"risk": "R1"}})], {}) == set()
	codes([object.union(write, {"gated": false, "action": {"effect": "READ"}})], {}) == set()
}

test_what_a_model_wrote_and_nobody_sees if {
	told := object.union(write, {"gated": false, "tainted": true, "action": {"risk": "R1"}})
	codes([told], {}) == {"write.of_a_model"}
	codes([object.union(told, {"gated": true})], {}) == set()
	codes([object.union(told, {"action": {"effect": "READ"}})], {}) == set()
}

test_a_write_that_is_not_undone_when_a_later_one_fails if {
	first := object.union(write, {"id": "first", "order": 0, "compensated": false})
	codes([first, write], {}) == {"write.not_undone"}
	codes([first], {}) == set()
	codes([write, object.union(first, {"order": 2})], {}) == set()
	codes([first, object.union(write, {"action": {"effect": "READ"}})], {}) == set()
	codes([object.union(first, {"action": {"risk": "R1"}}), write], {}) == set()
	codes([object.union(first, {"action": {"effect": "READ"}}), write], {}) == set()
}

test_what_may_happen_once_is_not_tried_again if {
	once := object.union(write, {"action": {"class": "N"}})
	codes([once], {}) == {"write.once"}
	codes([object.union(once, {"attempts": 1})], {}) == set()
}

test_a_step_that_may_take_long if {
	codes([object.union(write, {"timeout_s": 1801})], {}) == {"timeout.long"}
	codes([object.union(write, {"timeout_s": 1800})], {}) == set()
}

test_models_and_hosts if {
	codes([], {"model": object.union(pinned, {"model": "gpt-4.1"})}) == {"model.floating"}
	codes([], {"model": object.union(pinned, {"model": "latest-2025-04-14"})}) == {"model.floating"}
	codes([], {"any": {"connector": "http", "any_host": true}}) == {"egress.wildcard"}
}

test_severities if {
	findings := workflow_lint.findings with input as {"steps": [], "connectors": {"m": {"model": "x"}}}
	findings == {{"severity": "ERROR", "code": "model.floating", "at": "connectors.m"}}
}

test_steps_are_named_by_where_they_stand if {
	findings := workflow_lint.findings with input as {
		"steps": [object.union(write, {"gated": false})],
		"connectors": {},
	}
	findings == {{"severity": "WARNING", "code": "write.ungated", "at": "steps.write"}}
}
