package airails.tool_action_test

import data.airails.tool_action

paused(scope, target) := json.patch(tenants, [{
	"op": "add",
	"path": "/t1/pauses",
	"value": {scope: {target: "incident"}},
}])

asked(input_, scope, target) := decision if {
	decision := tool_action.decision with input as input_
		with data.tenants as paused(scope, target)
}

test_what_is_paused_waits if {
	every scope, target in {
		"TENANT": "t1",
		"WORKFLOW": "itsm",
		"CONNECTOR": "servicenow",
		"TOOL": "servicenow.get-incident",
	} {
		decision := asked(read, scope, target)
		decision.effect == "THROTTLE"
		decision.reasons == [sprintf("paused.%s", [lower(scope)])]
		decision.retry_after_ms == 10000
	}
}

test_what_is_not_paused_goes_on if {
	every scope, target in {
		"TENANT": "t2",
		"WORKFLOW": "other",
		"CONNECTOR": "slack",
		"TOOL": "servicenow.update-incident",
		"MODEL": "servicenow",
	} {
		asked(read, scope, target).effect == "ALLOW"
	}
}

test_a_paused_model_waits_whoever_offers_it if {
	call := json.patch(read, [
		{"op": "replace", "path": "/tool/idempotency_class", "value": "M"},
		{"op": "replace", "path": "/tool/params", "value": {"model": "gpt-x"}},
	])
	asked(call, "MODEL", "gpt-x").effect == "THROTTLE"
	asked(call, "MODEL", "servicenow").effect == "THROTTLE"
	asked(call, "MODEL", "gpt-y").effect == "ALLOW"
}

test_a_pause_allows_nothing if {
	call := json.patch(read, [{"op": "replace", "path": "/tool/action", "value": "delete"}])
	asked(call, "TENANT", "t1").effect == "DENY"
}
