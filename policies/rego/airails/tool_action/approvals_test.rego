package airails.tool_action_test

import data.airails.tool_action

tier := {
	"tool": "servicenow",
	"action": "update-incident",
	"param": "amount",
	"at_least": 100,
	"role": "finance",
	"quorum": 2,
	"escalate": {"after_s": 600, "role": "board", "quorum": 1},
}

people := object.union(tenants.t1.principals, {
	"fay": {"roles": ["approver", "finance"]},
	"fred": {"roles": ["approver", "finance"]},
	"bea": {"roles": ["approver", "board"]},
	"cy": {"roles": ["approver", "board"]},
	"fin": {"roles": ["finance"]},
})

tiered := object.union(tenants, {"t1": {"principals": people, "approvals": {"tiers": [tier]}}})

signing := object.union(tenants, {"t1": {"approvals": {"signed_risk": ["R2"]}}})

paying(amount, names) := object.union(approved(names), {"tool": {"params": {
	"impact": "2",
	"urgency": "3",
	"number": "INC1",
	"amount": amount,
}}})

decide_with(request, data_of_tenants) := decision if {
	decision := tool_action.decision with input as request with data.tenants as data_of_tenants
}

test_below_the_threshold_any_approver_may if {
	decide_with(paying("99", ["ann"]), tiered).effect == "ALLOW"
}

test_from_the_threshold_on_the_group_is_asked if {
	decision := decide_with(paying("100", []), tiered)
	decision.effect == "REQUIRE_HITL"
	some duty in decision.obligations
	duty.role == "finance"
	duty.quorum == 2
	duty.escalate_after_s == 600
	duty.escalate_role == "board"
}

test_other_approvers_do_not_count_above_it if {
	every names in [["ann", "ben"], ["fay"], ["fay", "ann"], ["fay", "fin"]] {
		decide_with(paying("100", names), tiered).effect == "REQUIRE_HITL"
	}
	every names in [["fay", "fred"], ["bea", "cy"], ["fay", "bea"]] {
		decide_with(paying("100", names), tiered).effect == "ALLOW"
	}
}

test_no_amount_is_above_every_threshold if {
	every patch in [{}, {"amount": ""}, {"amount": "9e9"}, {"amount": "-1"}] {
		decide_with(object.union(approved(["ann"]), {"tool": {"params": patch}}), tiered).effect != "ALLOW"
	}
}

handed(by, to) := object.union(write, {"approvals": [object.union(approval(to), {"on_behalf_of": by})]})

test_a_handed_say_counts_as_its_owners if {
	decide_with(handed("ann", "olga"), tenants).effect == "ALLOW"
}

test_a_handed_say_does_not_get_around_separation if {
	every pair in [
		["olga", "ben"],
		["author", "ben"],
		["ann", "author"],
		["ann", "aud"],
		["aud", "ann"],
		["servicenow", "ann"],
		["ann", "servicenow"],
	] {
		decide_with(handed(pair[0], pair[1]), tenants).effect == "REQUIRE_HITL"
	}
}

apart := object.union(tenants, {"t1": {"approvals": {"corrector_apart_risk": ["R2"]}}})

corrected_by(person, data_of_tenants) := decide_with(
	object.union(write, {"approvals": [object.union(approval(person), {"corrected": true})]}),
	data_of_tenants,
)

test_a_corrector_approves_his_correction_unless_the_tenant_keeps_them_apart if {
	corrected_by("ann", tenants).effect == "ALLOW"
	decision := corrected_by("ann", apart)
	decision.effect == "REQUIRE_HITL"
	[duty.corrector | some duty in decision.obligations] == ["apart"]
	decide_with(approved(["ann"]), apart).effect == "ALLOW"
}

test_of_two_approvals_the_correctors_does_not_count if {
	both := object.union(write, {
		"tool": {"risk_class": "R3"},
		"approvals": [object.union(approval("ann"), {"corrected": true}), approval("ben")],
	})
	decide_with(both, tenants).effect == "ALLOW"
	strict := object.union(tenants, {"t1": {"approvals": {"corrector_apart_risk": ["R3"]}}})
	decide_with(both, strict).effect == "REQUIRE_HITL"
}

signed_by(person) := object.union(
	write,
	{"approvals": [object.union(approval(person), {"signature": "passkey"})]},
)

test_what_must_be_signed_waits_for_signatures if {
	decision := decide_with(approved(["ann"]), signing)
	decision.effect == "REQUIRE_STEP_UP"
	[duty.quorum | some duty in decision.obligations; duty.type == "step_up"] == [1]
	decide_with(signed_by("ann"), signing).effect == "ALLOW"
}

test_a_signature_of_nobody_who_may_does_not_count if {
	every person in ["olga", "aud", "author", "stranger"] {
		decide_with(signed_by(person), signing).effect == "REQUIRE_STEP_UP"
	}
}
