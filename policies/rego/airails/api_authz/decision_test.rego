package airails.api_authz_test

import data.airails.api_authz

request := {
	"schema": "airails.api_authz/1",
	"tenant": {"id": "t1"},
	"actor": {"id": "ann", "tenant": "t1"},
	"resource": {"tenant": "t1"},
	"action": "approval.decide",
}

decide(patch) := decision if {
	decision := api_authz.decision with input as object.union(request, patch)
		with data.tenants as {"t1": {"principals": {"ann": {"roles": ["approver"]}}}}
}

test_role_grants_its_actions if decide({}).effect == "ALLOW"

test_without_the_role_not if {
	decide({"action": "policy.publish"}).reasons == ["api.no_role"]
	decide({"action": "unknown"}).reasons == ["api.no_role"]
	decide({"actor": {"id": "bob"}}).reasons == ["api.no_role"]
	decide({"schema": "other"}).reasons == ["api.no_role"]
}

test_other_tenant_is_denied_whatever_the_role if {
	decide({"resource": {"tenant": "t2"}}).reasons == ["api.other_tenant"]
	decide({"actor": {"tenant": "t2"}}).reasons == ["api.other_tenant"]
}

test_stale_policy_denies if {
	decision := api_authz.guarded with input as request
	decision.effect == "DENY"
}

# Even one of its conditions alone grants nothing: the denial beside it is the second line of defence.
test_no_grant_stands_beside_a_denial if {
	every patch in [{"action": "policy.publish"}, {"resource": {"tenant": "t2"}}] {
		verdicts := api_authz.verdicts with input as object.union(request, patch)
			with data.tenants as {"t1": {"principals": {"ann": {"roles": ["approver"]}}}}
		codes := {verdict.code | some verdict in verdicts}
		not "api.role" in codes
	}
}
