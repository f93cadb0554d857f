package airails.budget_test

import data.airails.budget

request := {
	"schema": "airails.budget/1",
	"tenant": {"id": "t1"},
	"budget": {"currency": "USD", "spent_nanos": 50, "reserved_nanos": 30, "estimate_nanos": 20, "limit_nanos": 100},
}

decide(patch) := decision if {
	decision := budget.decision with input as object.union(request, patch)
		with data.tenants as {"t1": {"budget": {"currency": "USD"}}}
}

test_up_to_the_limit_is_allowed if decide({}).effect == "ALLOW"

test_one_more_is_denied if {
	every name in ["spent_nanos", "reserved_nanos", "estimate_nanos"] {
		patch := {"budget": {name: request.budget[name] + 1}}
		decide(patch) == {"effect": "DENY", "reasons": ["budget.exceeded"], "obligations": []}
	}
}

test_what_costs_nothing_goes_on if decide({"budget": {"estimate_nanos": 0, "spent_nanos": 500}}).effect == "ALLOW"

test_nonsense_amounts_are_denied if {
	every patch in [{"spent_nanos": -1}, {"limit_nanos": "many"}, {"estimate_nanos": 0.5}] {
		decide({"budget": patch}).effect == "DENY"
	}
}

test_other_currency_is_denied if decide({"budget": {"currency": "EUR"}}).reasons == ["budget.currency"]

test_unknown_schema_grants_nothing if decide({"schema": "airails.budget/2"}).effect == "DENY"

test_rate_is_throttled if decide({"budget": {"retry_after_ms": 5}}).retry_after_ms == 5

test_stale_policy_denies if {
	decision := budget.guarded with input as request
	decision.effect == "DENY"
}

test_no_wait_is_no_throttle if {
	decide({"budget": object.union(request.budget, {"retry_after_ms": 0})}).effect == "ALLOW"
}

test_amounts_of_more_digits_than_a_long_are_none if {
	decide({"budget": object.union(request.budget, {"limit_nanos": "9999999999999999999"})}).effect == "DENY"
}

test_no_grant_stands_beside_a_denial if {
	verdicts := budget.verdicts with input as object.union(request, {"budget": {"spent_nanos": 51}})
		with data.tenants as {"t1": {"budget": {"currency": "USD"}}}
	verdicts == {{"effect": "DENY", "code": "budget.exceeded"}}
}

test_an_amount_of_eighteen_digits_is_one if {
	decide({"budget": {"limit_nanos": "999999999999999999"}}).effect == "ALLOW"
}
