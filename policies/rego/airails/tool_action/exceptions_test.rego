package airails.tool_action_test

import data.airails.tool_action

exception := {
	"tool": "servicenow",
	"action": "update-incident",
	"environments": ["dev"],
	"workflows": ["itsm"],
	"waives": "param.impact",
	"reason": "migration",
	"author": "ada",
	"approver": "bea",
	"expires_at_s": (now_ns / 1000000000) + 1,
}

excepting(patch) := json.patch(tenants, [{
	"op": "add",
	"path": "/t1/exceptions",
	"value": {"weekend": object.union(exception, patch)},
}])

odd := object.union(approved(["ann"]), {"tool": {"params": {"impact": "9"}}})

asked_with(request, patch) := decision if {
	decision := tool_action.decision with input as request with data.tenants as excepting(patch)
}

test_an_exception_lets_its_parameter_by_and_is_shown if {
	decision := asked_with(odd, {})
	decision.effect == "ALLOW"
	decision.reasons == ["exception.weekend", "tool.granted"]
}

test_whoever_approves_sees_the_exception if {
	decision := asked_with(object.union(write, {"tool": {"params": {"impact": "9"}}}), {})
	decision.effect == "REQUIRE_HITL"
	decision.reasons == ["exception.weekend", "risk.approvals"]
	count(decision.obligations) == 1
}

test_each_part_of_its_scope_counts if {
	every patch in [
		{"tool": "slack"},
		{"action": "get-incident"},
		{"environments": ["prod"]},
		{"workflows": ["other"]},
		{"waives": "param.urgency"},
		{"waives": "quorum"},
	] {
		"param.impact" in asked_with(odd, patch).reasons
	}
}

test_an_expired_exception_counts_no_more if {
	now_s := now_ns / 1000000000
	asked_with(odd, {"expires_at_s": now_s}).reasons == ["param.impact"]
	asked_with(odd, {"expires_at_s": now_s - 1}).reasons == ["param.impact"]
}

test_an_exception_that_nobody_needs_is_not_shown if {
	asked_with(approved(["ann"]), {}).reasons == ["tool.granted"]
	asked_with(approved(["ann"]), {"waives": "quorum"}).reasons == ["tool.granted"]
}

test_other_parameters_keep_their_rules if {
	both := object.union(approved(["ann"]), {"tool": {"params": {"impact": "9", "urgency": 7}}})
	asked_with(both, {}).reasons == ["param.urgency"]
}

stricter(patch) := json.patch(excepting(patch), [{
	"op": "add",
	"path": "/t1/tools/servicenow/actions/update-incident/quorum",
	"value": 3,
}])

test_the_tenants_own_quorum_can_be_waived_and_the_tiers_not if {
	waived := tool_action.decision with input as approved(["ann"]) with data.tenants as stricter({"waives": "quorum"})
	waived.effect == "ALLOW"
	"exception.weekend" in waived.reasons
	over := {"waives": "quorum", "expires_at_s": now_ns / 1000000000}
	late := tool_action.decision with input as approved(["ann"]) with data.tenants as stricter(over)
	late.reasons == ["risk.approvals"]
	kept := tool_action.decision with input as approved(["ann"]) with data.tenants as stricter({})
	kept.effect == "REQUIRE_HITL"
	alone := tool_action.decision with input as write with data.tenants as stricter({"waives": "quorum"})
	alone.effect == "REQUIRE_HITL"
	alone.obligations[0].quorum == 1
}

test_an_exception_grants_nothing if {
	elsewhere := object.union(odd, {"workflow": {"artifact_digest": "sha256:w2"}})
	decision := asked_with(elsewhere, {})
	decision.reasons == ["tool.not_granted"]
	verdicts := tool_action.verdicts with input as elsewhere with data.tenants as excepting({})
	count({verdict | some verdict in verdicts; startswith(verdict.code, "exception.")}) == 0
}
