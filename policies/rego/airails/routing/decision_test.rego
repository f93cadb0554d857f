package airails.routing_test

import data.airails.routing

tenants := {"t1": {"providers": {
	"openai": {"enabled": true, "models": ["gpt-4.1-2025-04-14"], "regions": ["us"]},
	"azure-openai": {"enabled": true, "models": ["gpt-4.1-2025-04-14"], "regions": ["eu"]},
	"anthropic": {"enabled": false, "models": ["claude-sonnet-4-5-20250929"], "regions": ["eu"]},
}}}

candidate(provider, region) := {
	"provider": provider,
	"model": "gpt-4.1-2025-04-14",
	"region": region,
	"price": 1,
}

decide(candidates) := decision if {
	decision := routing.decision with data.tenants as tenants
		with input as {"schema": "airails.routing/1", "tenant": {"id": "t1"}, "candidates": candidates}
}

test_first_allowed_candidate_is_taken if {
	decision := decide([candidate("openai", "eu"), candidate("azure-openai", "eu"), candidate("openai", "us")])
	decision == {"effect": "ROUTE", "reasons": ["routing.first_allowed"], "obligations": [{
		"type": "route_to",
		"place": 1,
		"provider": "azure-openai",
		"model": "gpt-4.1-2025-04-14",
		"region": "eu",
	}]}
}

test_no_candidate_is_denied if {
	every candidates in [
		[],
		[candidate("openai", "eu")],
		[candidate("anthropic", "eu")],
		[candidate("unknown", "us")],
		[object.union(candidate("openai", "us"), {"model": "gpt-4.1"})],
	] {
		decide(candidates).effect == "DENY"
	}
}

test_stale_policy_denies if {
	decision := routing.guarded with input as {"schema": "airails.routing/1", "candidates": []}
	decision.effect == "DENY"
}

test_a_disabled_provider_is_no_candidate if {
	candidate_ := {"provider": "anthropic", "model": "claude-sonnet-4-5-20250929", "region": "eu", "price": 1}
	decide([candidate_]).effect == "DENY"
}

test_another_schema_is_denied if {
	decision := routing.decision with data.tenants as tenants
		with input as {"schema": "airails.routing/2", "tenant": {"id": "t1"}, "candidates": [candidate("openai", "us")]}
	decision.effect == "DENY"
}

test_nothing_is_routed_beside_a_denial if {
	verdicts := routing.verdicts with data.tenants as tenants
		with input as {"schema": "airails.routing/1", "tenant": {"id": "t1"}, "candidates": [candidate("openai", "eu")]}
	verdicts == {{"effect": "DENY", "code": "routing.no_candidate"}}
}

falling := {"t1": object.union(tenants.t1, {"routing": {"allow_fallback": true}})}

asked(everybody, candidates) := decision if {
	decision := routing.decision with data.tenants as everybody
		with input as {"schema": "airails.routing/1", "tenant": {"id": "t1"}, "candidates": candidates}
}

silent(candidate_) := object.union(candidate_, {"answers": false})

places(decision) := [place |
	some index in numbers.range(1, count(decision.obligations))
	some duty in decision.obligations
	duty.place == index
	place := sprintf("%s/%s", [duty.provider, duty.region])
]

test_without_leave_there_is_no_fallback if {
	decision := decide([silent(candidate("openai", "us")), candidate("azure-openai", "eu")])
	decision.reasons == ["routing.first_allowed"]
	places(decision) == ["openai/us"]
}

test_with_leave_the_others_follow if {
	decision := asked(falling, [candidate("openai", "us"), candidate("anthropic", "eu"), candidate("azure-openai", "eu")])
	decision.effect == "ROUTE"
	decision.reasons == ["routing.first_allowed", "routing.may_follow"]
	places(decision) == ["openai/us", "azure-openai/eu"]
}

test_one_that_does_not_answer_comes_last if {
	decision := asked(falling, [silent(candidate("openai", "us")), candidate("azure-openai", "eu")])
	"routing.fallback" in decision.reasons
	places(decision) == ["azure-openai/eu", "openai/us"]
}

test_a_fallback_is_where_data_may_go_or_nowhere if {
	decision := asked(falling, [silent(candidate("openai", "us")), candidate("azure-openai", "us")])
	places(decision) == ["openai/us"]
	asked(falling, [candidate("azure-openai", "us")]).effect == "DENY"
}

test_leave_that_is_no_boolean_is_none if {
	odd := {"t1": object.union(tenants.t1, {"routing": {"allow_fallback": "true"}})}
	places(asked(odd, [silent(candidate("openai", "us")), candidate("azure-openai", "eu")])) == ["openai/us"]
}
