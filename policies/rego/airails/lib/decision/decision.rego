# METADATA
# title: How verdicts become one decision
# description: >-
#   The most restrictive verdict wins. ALLOW and ROUTE exist only because a rule granted them: nothing
#   is ever concluded from the absence of a denial.
package airails.lib.decision

import data.airails.lib.freshness

rank := {
	"ALLOW": 0,
	"ROUTE": 1,
	"REQUIRE_HITL": 2,
	"REQUIRE_STEP_UP": 3,
	"THROTTLE": 4,
	"DENY": 5,
}

# Undefined, and so denied, when there is no verdict or an effect is unknown.
combine(verdicts) := object.union(
	{"effect": effect, "reasons": reasons, "obligations": obligations},
	retry(winners),
) if {
	count(verdicts) > 0
	every verdict in verdicts {
		verdict.effect in object.keys(rank)
	}
	top := max([rank[verdict.effect] | some verdict in verdicts])
	some effect, place in rank
	place == top
	winners := [verdict | some verdict in verdicts; verdict.effect == effect]
	reasons := [verdict.code | some verdict in winners]
	obligations := [verdict.obligation | some verdict in winners; verdict.obligation]
}

# Binds a decision to the request it answers and to the signed bundles it comes from. Undefined
# unless both bundles are fresh.
bound(decision) := object.union(decision, {
	"schema": "airails.decision/1",
	"echo": {
		"request_id": input.request_id,
		"tenant": input.tenant.id,
		"input_sha256": input.input_sha256,
	},
	"policy": freshness.echo,
})

retry(winners) := {"retry_after_ms": max(waits)} if {
	waits := [verdict.retry_after_ms | some verdict in winners]
	count(waits) > 0
} else := {}
