package airails.approval_test

import data.airails.approval

tenants := {"t1": {"auditors": ["aud"], "principals": {
	"ann": {"roles": ["approver"]},
	"aud": {"roles": ["approver", "auditor"]},
	"rex": {"roles": ["approver"]},
	"olga": {"roles": ["operator"]},
}}}

request := {
	"schema": "airails.approval/1",
	"clock": {"now_ns": 10},
	"tenant": {"id": "t1", "cell": "c1"},
	"actor": {"kind": "user", "id": "ann"},
	"workflow": {"author": "author"},
	"gate": {"role": "approver", "requester": "rex", "expires_at_ns": 11},
}

decide(patch) := decision if {
	decision := approval.decision with input as object.union(request, patch) with data.tenants as tenants
}

test_eligible_approver_may_decide if decide({}).effect == "ALLOW"

test_without_the_role_not if {
	every patch in [
		{"actor": {"id": "olga"}},
		{"actor": {"id": "stranger"}},
		{"actor": {"kind": "service"}},
		{"gate": {"role": "cfo"}},
		{"schema": "airails.approval/2"},
		{"tenant": {"id": "t2"}},
	] {
		decide(patch) == {"effect": "DENY", "reasons": ["approval.not_eligible"], "obligations": []}
	}
}

test_duties_are_separated if {
	every patch in [
		{"actor": {"id": "rex"}},
		{"workflow": {"author": "ann"}},
		{"actor": {"id": "aud"}},
	] {
		decide(patch) == {"effect": "DENY", "reasons": ["approval.separation_of_duties"], "obligations": []}
	}
}

handed(by, to) := {"actor": {"id": to, "on_behalf_of": by}}

test_a_handed_say_has_its_owners_role if {
	decide(handed("ann", "olga")).effect == "ALLOW"
	decide(handed("olga", "ann")).reasons == ["approval.not_eligible"]
}

test_a_handed_say_does_not_get_around_separation if {
	every pair in [["ann", "rex"], ["rex", "ann"], ["ann", "aud"], ["aud", "ann"]] {
		decide(handed(pair[0], pair[1])).reasons == ["approval.separation_of_duties"]
	}
	decision := decide(object.union(handed("ann", "olga"), {"workflow": {"author": "olga"}}))
	decision.reasons == ["approval.separation_of_duties"]
}

test_expired_gate_is_closed if decide({"gate": {"expires_at_ns": 10}}).reasons == ["approval.expired"]

test_stale_policy_denies if {
	decision := approval.guarded with input as request with data.tenants as tenants
	decision.effect == "DENY"
}

# Even one of its conditions alone grants nothing: the denial beside it is the second line of defence.
test_no_grant_stands_beside_a_denial if {
	every patch in [{"actor": {"id": "olga"}}, {"actor": {"id": "rex"}}] {
		verdicts := approval.verdicts with input as object.union(request, patch) with data.tenants as tenants
		codes := {verdict.code | some verdict in verdicts}
		not "approval.eligible" in codes
	}
}
