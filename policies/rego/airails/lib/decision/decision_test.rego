package airails.lib.decision_test

import data.airails.lib.decision

now_ns := 1763750000000000000

manifest(name) := {"manifest": {"revision": sprintf("%s@1", [name]), "metadata": {
	"seq": 7,
	"not_before_ns": now_ns,
	"expires_at_ns": now_ns + 900000000000,
	"content_sha256": "aa",
}}}

bundles := {"platform": manifest("platform"), "t_t1": manifest("t_t1")}

request := {"request_id": "r1", "input_sha256": "00", "tenant": {"id": "t1"}, "clock": {"now_ns": now_ns}}

bound_at(clock_ns, asked, active) := bound if {
	bound := decision.bound({"effect": "ALLOW"}) with input as asked
		with data.system.bundles as active
		with time.now_ns as clock_ns
}

test_nothing_said_is_no_decision if not decision.combine(set())

test_unknown_effect_is_no_decision if {
	not decision.combine({{"effect": "PERMIT", "code": "a"}, {"effect": "ALLOW", "code": "b"}})
}

test_most_restrictive_wins if {
	verdicts := {
		{"effect": "ALLOW", "code": "a"},
		{"effect": "ROUTE", "code": "b", "obligation": {"type": "route_to"}},
	}
	decision.combine(verdicts) == {"effect": "ROUTE", "reasons": ["b"], "obligations": [{"type": "route_to"}]}
}

test_decision_is_bound_to_request_and_bundles if {
	bound_at(now_ns, request, bundles) == {
		"effect": "ALLOW",
		"schema": "airails.decision/1",
		"echo": {"request_id": "r1", "tenant": "t1", "input_sha256": "00"},
		"policy": {
			"platform": {
				"revision": "platform@1",
				"seq": 7,
				"expires_at_ns": now_ns + 900000000000,
				"content_sha256": "aa",
			},
			"tenant": {
				"revision": "t_t1@1",
				"seq": 7,
				"expires_at_ns": now_ns + 900000000000,
				"content_sha256": "aa",
			},
		},
	}
}

test_expired_lease_binds_nothing if {
	later := now_ns + 900000000000
	not bound_at(later, object.union(request, {"clock": {"now_ns": later}}), bundles)
}

test_lease_of_the_future_binds_nothing if {
	earlier := now_ns - 61000000000
	not bound_at(earlier, object.union(request, {"clock": {"now_ns": earlier}}), bundles)
}

test_clocks_that_disagree_bind_nothing if {
	not bound_at(now_ns + 61000000000, request, bundles)
	not bound_at(now_ns + 1, object.union(request, {"clock": {"now_ns": now_ns + 61000000000}}), bundles)
}

test_missing_bundle_binds_nothing if {
	not bound_at(now_ns, request, object.remove(bundles, ["t_t1"]))
	not bound_at(now_ns, request, object.remove(bundles, ["platform"]))
}

test_clocks_may_differ_by_the_skew_and_no_more if {
	bound_at(now_ns + 60000000000, request, bundles)
	later := object.union(request, {"clock": {"now_ns": now_ns + 60000000000}})
	bound_at(now_ns, later, bundles)
	bound_at(now_ns - 60000000000, request, bundles)
}

test_the_longest_wait_counts if {
	decision.combine({
		{"effect": "THROTTLE", "code": "a", "retry_after_ms": 5},
		{"effect": "THROTTLE", "code": "b", "retry_after_ms": 9},
	}).retry_after_ms == 9
}
