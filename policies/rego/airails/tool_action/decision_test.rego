package airails.tool_action_test

import data.airails.tool_action

now_ns := 1763750000000000000

tenants := {"t1": {
	"tools": {"servicenow": {"actions": {
		"get-incident": {
			"enabled": true,
			"connector_digest": "sha256:c1",
			"environments": ["dev"],
			"workflow_digests": ["sha256:w1"],
		},
		"update-incident": {
			"enabled": true,
			"connector_digest": "sha256:c1",
			"environments": ["dev"],
			"workflow_digests": ["sha256:w1"],
			"hosts": ["x.service-now.com"],
			"params": {
				"impact": {"kind": "enum", "values": ["1", "2", "3"]},
				"amount": {"kind": "max", "max": 500, "optional": true},
				"urgency": {"kind": "range", "min": 1, "max": 3},
				"number": {"kind": "present"},
			},
		},
	}}},
	"principals": {
		"ann": {"roles": ["approver"]},
		"ben": {"roles": ["approver"]},
		"aud": {"roles": ["approver"]},
		"olga": {"roles": ["operator"]},
	},
	"auditors": ["aud"],
	"budget": {"currency": "USD"},
}}

read := {
	"schema": "airails.tool_action/1",
	"request_id": "r1",
	"input_sha256": "00",
	"env": "dev",
	"clock": {"now_ns": now_ns},
	"tenant": {"id": "t1", "cell": "c1"},
	"actor": {"kind": "service", "id": "servicenow", "roles": []},
	"workflow": {"id": "itsm", "version": "1.0.0", "artifact_digest": "sha256:w1", "author": "author"},
	"run": {"id": "run1", "step": "fetch", "attempt_group": 1, "taint": []},
	"tool": {
		"name": "servicenow",
		"action": "get-incident",
		"connector_digest": "sha256:c1",
		"risk_class": "R0",
		"side_effect": "read",
		"idempotency_class": "U",
		"params": {},
		"params_digest": "sha256:p1",
		"destination": {"host": "x.service-now.com", "port": 443},
	},
	"approvals": [],
	"budget": {"currency": "USD", "spent_nanos": 0, "reserved_nanos": 0, "estimate_nanos": 0, "limit_nanos": 100},
}

write := object.union(read, {"run": {"step": "write"}, "tool": {
	"action": "update-incident",
	"risk_class": "R2",
	"side_effect": "write",
	"params": {"impact": "2", "urgency": "3", "number": "INC1"},
}})

approval(person) := {
	"id": "a1",
	"state": "APPROVED",
	"approver": person,
	"digest": "sha256:p1",
	"expires_at_ns": now_ns + 1,
}

approved(people) := object.union(write, {"approvals": [approval(person) | some person in people]})

decide(request) := decision if {
	decision := tool_action.decision with input as request with data.tenants as tenants
}

denied_for(request, code) if {
	decision := decide(request)
	decision.effect == "DENY"
	code in decision.reasons
}

test_granted_read_is_allowed if {
	decide(read) == {"effect": "ALLOW", "reasons": ["tool.granted"], "obligations": []}
}

test_write_needs_a_person if {
	decide(write) == {"effect": "REQUIRE_HITL", "reasons": ["risk.approvals"], "obligations": [{
		"type": "human_approval",
		"quorum": 1,
		"digest": "sha256:p1",
		"ttl_s": 14400,
	}]}
}

test_approved_write_is_allowed if decide(approved(["ann"])).effect == "ALLOW"

test_unknown_tenant_is_denied if {
	denied_for(object.union(read, {"tenant": {"id": "t2"}}), "tool.not_granted")
}

test_each_part_of_a_grant_counts if {
	every patch in [
		{"schema": "airails.tool_action/2"},
		{"env": "prod"},
		{"tool": {"name": "other"}},
		{"tool": {"action": "delete-incident"}},
		{"tool": {"connector_digest": "sha256:c2"}},
		{"workflow": {"artifact_digest": "sha256:w2"}},
	] {
		denied_for(object.union(read, patch), "tool.not_granted")
	}
}

test_disabled_grant_is_no_grant if {
	decision := tool_action.decision with input as read
		with data.tenants as json.patch(
			tenants,
			[{"op": "replace", "path": "/t1/tools/servicenow/actions/get-incident/enabled", "value": false}],
		)
	decision.effect == "DENY"
}

test_host_outside_the_grant_is_denied if {
	denied_for(object.union(approved(["ann"]), {"tool": {"destination": {"host": "evil.example"}}}), "tool.not_granted")
}

test_unknown_risk_is_denied if denied_for(object.union(read, {"tool": {"risk_class": "R9"}}), "risk.unknown")

test_write_under_a_read_tier_is_denied if {
	denied_for(object.union(approved(["ann"]), {"tool": {"risk_class": "R0"}}), "risk.write_as_read")
}

test_parameters_keep_their_rules if {
	every name, patch in {
		"impact": {"impact": "4"},
		"amount": {"amount": 501},
		"urgency": {"urgency": 0},
	} {
		denied_for(object.union(approved(["ann"]), {"tool": {"params": patch}}), sprintf("param.%s", [name]))
	}
	denied_for(object.union(approved(["ann"]), {"tool": {"params": {"amount": "-1"}}}), "param.amount")
	denied_for(object.union(approved(["ann"]), {"tool": {"params": {"amount": "12.5"}}}), "param.amount")
	denied_for(object.union(approved(["ann"]), {"tool": {"params": {"amount": true}}}), "param.amount")
	decide(object.union(approved(["ann"]), {"tool": {"params": {"amount": "500"}}})).effect == "ALLOW"
}

test_missing_parameter_is_denied if {
	request := json.remove(approved(["ann"]), ["tool/params/impact", "tool/params/number"])
	denied_for(request, "param.impact")
	denied_for(request, "param.number")
}

test_unknown_kind_of_rule_is_denied if {
	decision := tool_action.decision with input as approved(["ann"])
		with data.tenants as json.patch(tenants, [{
			"op": "replace",
			"path": "/t1/tools/servicenow/actions/update-incident/params/impact/kind",
			"value": "any",
		}])
	"param.impact" in decision.reasons
}

test_approvals_that_do_not_count if {
	every person in ["servicenow", "author", "aud", "olga", "stranger"] {
		decide(approved([person])).effect == "REQUIRE_HITL"
	}
	every patch in [{"state": "DENIED"}, {"digest": "sha256:p2"}, {"expires_at_ns": now_ns}] {
		request := object.union(write, {"approvals": [object.union(approval("ann"), patch)]})
		decide(request).effect == "REQUIRE_HITL"
	}
}

test_requester_behind_a_service_may_not_approve if {
	decide(object.union(approved(["ann"]), {"actor": {"on_behalf_of": "ann"}})).effect == "REQUIRE_HITL"
	decide(object.union(approved(["ann"]), {"actor": {"kind": "user", "id": "ann"}})).effect == "REQUIRE_HITL"
}

test_high_risk_needs_two_different_people if {
	high := {"tool": {"risk_class": "R3"}}
	decide(object.union(approved(["ann"]), high)).effect == "REQUIRE_HITL"
	decide(object.union(approved(["ann", "ann"]), high)).effect == "REQUIRE_HITL"
	decide(object.union(approved(["ann", "ben"]), high)).effect == "ALLOW"
}

test_tenant_can_ask_for_more_people if {
	path := "/t1/tools/servicenow/actions/update-incident/"
	stricter := json.patch(tenants, [{"op": "add", "path": concat("", [path, "quorum"]), "value": 2}])
	two := tool_action.decision with input as approved(["ann"]) with data.tenants as stricter
	two.effect == "REQUIRE_HITL"

	wary := json.patch(tenants, [{"op": "add", "path": concat("", [path, "tainted_quorum"]), "value": 2}])
	clean := tool_action.decision with input as approved(["ann"]) with data.tenants as wary
	clean.effect == "ALLOW"
	tainted := object.union(approved(["ann"]), {"run": {"taint": ["untrusted_input"]}})
	dirty := tool_action.decision with input as tainted with data.tenants as wary
	dirty.effect == "REQUIRE_HITL"
}

test_a_write_built_of_a_models_output_is_seen_by_somebody if {
	inform := object.union(write, {"run": {"step": "tell"}, "tool": {"risk_class": "R1"}})
	decide(inform).effect == "ALLOW"
	tainted := object.union(inform, {"run": {"taint": ["model_output", "model_output.text"]}})
	decide(tainted).effect == "REQUIRE_HITL"
	decide(object.union(tainted, {"approvals": approved(["ann"]).approvals})).effect == "ALLOW"
}

test_the_card_that_asks_is_no_reason_to_ask if {
	inform := object.union(write, {"run": {"step": "ask.card", "taint": ["model_output"]}, "tool": {"risk_class": "R1"}})
	decide(inform).effect == "ALLOW"
}

test_a_read_built_of_a_models_output_is_a_read if {
	decide(object.union(read, {"run": {"taint": ["model_output"]}})).effect == "ALLOW"
}

test_weakly_known_user_must_step_up if {
	request := object.union(approved(["ann", "ben"]), {
		"actor": {"kind": "user", "id": "olga", "acr": "pwd", "auth_time_ns": now_ns},
		"tool": {"risk_class": "R3"},
	})
	decide(request).effect == "REQUIRE_STEP_UP"
	decide(request).obligations == [{"type": "step_up", "acr": "phr", "max_age_s": 900}]
	decide(object.union(request, {"actor": {"acr": "phr"}})).effect == "ALLOW"
	decide(object.union(request, {"actor": {"acr": "phr", "auth_time_ns": 0}})).effect == "REQUIRE_STEP_UP"
	decide(object.union(request, {"tool": {"risk_class": "R2"}})).effect == "ALLOW"
}

test_budget_is_part_of_the_decision if {
	denied_for(object.union(read, {"budget": {"estimate_nanos": 101}}), "budget.exceeded")
	denied_for(object.union(read, {"budget": {"currency": "EUR"}}), "budget.currency")
	slow := decide(object.union(read, {"budget": {"retry_after_ms": 250}}))
	slow == {"effect": "THROTTLE", "reasons": ["budget.rate"], "obligations": [], "retry_after_ms": 250}
}

test_denial_beats_everything if {
	request := object.union(write, {"budget": {"retry_after_ms": 250, "estimate_nanos": 101}})
	decide(request) == {"effect": "DENY", "reasons": ["budget.exceeded"], "obligations": []}
}

test_stale_policy_denies_what_was_granted if {
	decision := tool_action.guarded with input as read with data.tenants as tenants
	decision == {"effect": "DENY", "reasons": ["policy_stale_or_unbound"], "obligations": []}
}

test_more_than_a_range_is_denied if {
	denied_for(object.union(approved(["ann"]), {"tool": {"params": {"urgency": 4}}}), "param.urgency")
}

test_an_unknown_kind_with_bounds_is_denied if {
	decision := tool_action.decision with input as approved(["ann"])
		with data.tenants as json.patch(tenants, [{
			"op": "replace",
			"path": "/t1/tools/servicenow/actions/update-incident/params/urgency/kind",
			"value": "between",
		}])
	"param.urgency" in decision.reasons
}

test_an_author_who_is_an_approver_may_not_approve_his_own if {
	decision := tool_action.decision with input as approved(["author"])
		with data.tenants as json.patch(tenants, [{
			"op": "add",
			"path": "/t1/principals/author",
			"value": {"roles": ["approver"]},
		}])
	decision.effect == "REQUIRE_HITL"
}

test_what_is_not_granted_asks_nobody_for_anything if {
	call := object.union(write, {
		"env": "prod",
		"actor": {"kind": "user", "id": "olga", "acr": "pwd", "auth_time_ns": now_ns},
		"tool": {"risk_class": "R3"},
	})
	verdicts := tool_action.verdicts with input as call with data.tenants as tenants
	verdicts == {{"effect": "DENY", "code": "tool.not_granted"}}
}

test_the_ends_of_a_range_are_in_it if {
	every urgency in [1, 3] {
		decide(object.union(approved(["ann"]), {"tool": {"params": {"urgency": urgency}}})).effect == "ALLOW"
	}
}

test_a_login_is_fresh_until_its_age_is_over if {
	call := object.union(approved(["ann", "ben"]), {
		"actor": {"kind": "user", "id": "olga", "acr": "phr", "auth_time_ns": now_ns - 900000000000},
		"tool": {"risk_class": "R3"},
	})
	decide(call).effect == "ALLOW"
}
