package airails.tool_action_test

import data.airails.tool_action

with_runners(runners, attested) := object.union(tenants, {"t1": {
	"runners": runners,
	"attested": attested,
}})

plant := {"plant-1": {"connectors": ["servicenow"], "risk": ["R0", "R2"]}}

by_runner(request) := object.union(request, {"tool": {"runner": "plant-1"}})

decide_by(request, runners, attested) := decision if {
	decision := tool_action.decision with input as by_runner(request)
		with data.tenants as with_runners(runners, attested)
}

test_a_runner_makes_what_the_tenant_lets_it_make if {
	decide_by(read, plant, []) == {"effect": "ALLOW", "reasons": ["tool.granted"], "obligations": []}
	decide_by(approved(["ann"]), plant, []).effect == "ALLOW"
}

test_a_runner_makes_nothing_by_default if {
	every runners in [
		{},
		{"plant-2": plant["plant-1"]},
		{"plant-1": {"connectors": ["slack"], "risk": ["R0"]}},
		{"plant-1": {"connectors": ["servicenow"], "risk": ["R2"]}},
	] {
		decision := decide_by(read, runners, [])
		decision.effect == "DENY"
		decision.reasons == ["runner.not_granted"]
	}
	decision := tool_action.decision with input as by_runner(read) with data.tenants as tenants
	decision.reasons == ["runner.not_granted"]
}

test_what_demands_attestation_no_runner_makes if {
	decision := decide_by(read, plant, ["servicenow.get-incident"])
	decision.effect == "DENY"
	decision.reasons == ["runner.attestation_demanded"]
	decide_by(read, plant, ["servicenow.update-incident"]).effect == "ALLOW"
}

test_the_platform_demands_attestation_for_what_can_not_be_undone if {
	every_risk := {"plant-1": {"connectors": ["servicenow"], "risk": ["R4"]}}
	request := object.union(approved(["ann", "ben"]), {"tool": {"risk_class": "R4"}})
	decision := decide_by(request, every_risk, [])
	decision.effect == "DENY"
	decision.reasons == ["runner.attestation_demanded"]
}

test_a_worker_makes_what_demands_attestation if {
	decision := tool_action.decision with input as read
		with data.tenants as with_runners({}, ["servicenow.get-incident"])
	decision.effect == "ALLOW"
}
