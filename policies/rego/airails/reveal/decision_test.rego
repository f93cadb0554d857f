package airails.reveal_test

import data.airails.reveal

request := {
	"schema": "airails.reveal/1",
	"clock": {"now_ns": 1000},
	"tenant": {"id": "t1"},
	"workflow": {"author": "bob"},
	"actor": {"kind": "user", "id": "ann"},
	"run": {"id": "r1", "requester": "joe"},
	"content": {"kind": "GATE", "name": "ask", "role": "approver", "open": true, "expires_at_ns": 2000},
}

people := {
	"ann": {"roles": ["approver"]},
	"bob": {"roles": ["approver"]},
	"joe": {"roles": ["approver", "auditor"]},
	"aud": {"roles": ["auditor"]},
	"opi": {"roles": ["operator"]},
}

decide(patch) := decision if {
	decision := reveal.decision with input as object.union(request, patch)
		with data.tenants as {"t1": {"principals": people}, "t2": {"principals": {"eve": {"roles": ["auditor", "approver"]}}}}
}

who(id) := {"actor": {"id": id}}

output := {"content": {"kind": "OUTPUT"}}

test_approver_sees_the_call_while_asked if decide({}).reasons == ["reveal.approver"]

test_approver_reads_the_thread_while_asked if {
	decide({"content": {"kind": "THREAD"}}).reasons == ["reveal.approver"]
	decide({"content": {"kind": "THREAD", "open": false}}).reasons == ["reveal.no_role"]
}

test_auditor_sees_everything if {
	decide(who("aud")).reasons == ["reveal.auditor"]
	decide(object.union(who("aud"), output)).reasons == ["reveal.auditor"]
	decide(object.union(who("aud"), {"content": {"open": false}})).effect == "ALLOW"
}

test_approver_sees_only_what_he_is_asked_about if {
	decide(output).reasons == ["reveal.no_role"]
	decide({"content": {"open": false}}).reasons == ["reveal.no_role"]
	decide({"content": {"expires_at_ns": 1000}}).reasons == ["reveal.no_role"]
	decide({"content": {"role": "network-approver"}}).reasons == ["reveal.no_role"]
}

test_without_a_role_nothing if {
	decide(who("opi")).reasons == ["reveal.no_role"]
	decide(who("nobody")).reasons == ["reveal.no_role"]
}

test_role_elsewhere_is_none_here if {
	decide(who("eve")).effect == "DENY"
	decide({"tenant": {"id": "t2"}}).effect == "DENY"
}

test_requester_sees_it_by_no_role if "reveal.requester" in decide(who("joe")).reasons

test_author_does_not_see_it_as_an_approver if decide(who("bob")).reasons == ["reveal.no_role"]

test_missing_members_deny if {
	every path in [
		"/schema", "/actor/id", "/run/requester", "/content/kind", "/content/role",
		"/content/open", "/content/expires_at_ns", "/clock/now_ns", "/tenant/id", "/workflow/author",
	] {
		patched := json.patch(request, [{"op": "remove", "path": path}])
		decision := reveal.decision with input as patched
			with data.tenants as {"t1": {"principals": people}}
		decision.effect == "DENY"
	}
}

test_stale_policy_denies if {
	decision := reveal.guarded with input as request
	decision.effect == "DENY"
}
