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
