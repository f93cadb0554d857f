package airails.tool_action_test

import data.airails.tool_action

model_grant := {
	"enabled": true,
	"connector_digest": "sha256:m1",
	"environments": ["dev"],
	"workflow_digests": ["sha256:w1"],
}

model_tools := {
	"openai": {"actions": {"classify": model_grant}},
	"azure-openai": {"actions": {"classify": model_grant}},
	"x": {"actions": {"create-post": object.union(model_grant, {"connector_digest": "sha256:x1"})}},
}

model_providers := {
	"openai": {"enabled": true, "models": ["m-2026-01-01"], "regions": ["us"]},
	"azure-openai": {"enabled": true, "models": ["m-2026-01-01"], "regions": ["eu"]},
}

routed := {"tools": model_tools, "providers": model_providers, "budget": {"currency": "USD"}}

route(provider, region) := {"provider": provider, "model": "m-2026-01-01", "region": region, "answers": true}

model_call := {
	"schema": "airails.tool_action/1",
	"env": "dev",
	"clock": {"now_ns": 1763750000000000000},
	"tenant": {"id": "t1", "cell": "c1"},
	"actor": {"kind": "agent", "id": "w", "roles": []},
	"workflow": {"id": "itsm", "version": "1.0.0", "artifact_digest": "sha256:w1", "author": "author"},
	"run": {"id": "run1", "step": "classify", "attempt_group": 1, "taint": []},
	"tool": {
		"name": "openai",
		"action": "classify",
		"connector_digest": "sha256:m1",
		"risk_class": "R1",
		"side_effect": "read",
		"idempotency_class": "M",
		"params": {"model": "m-2026-01-01"},
		"params_digest": "sha256:p1",
		"destination": {"host": "api.openai.com", "port": 443},
		"routes": [route("openai", "us"), route("azure-openai", "eu")],
	},
	"approvals": [],
	"budget": {"currency": "USD", "spent_nanos": 0, "reserved_nanos": 0, "estimate_nanos": 1, "limit_nanos": 100},
}

route_decision(tenant, tool) := decision if {
	decision := tool_action.decision with data.tenants as {"t1": tenant}
		with input as object.union(model_call, {"tool": tool})
}

test_a_tenant_without_providers_is_not_routed if {
	route_decision(object.remove(routed, ["providers"]), {}).effect == "ALLOW"
}

test_a_model_call_is_routed if {
	decision := route_decision(routed, {})
	decision.effect == "ROUTE"
	decision.obligations == [{
		"type": "route_to",
		"place": 1,
		"provider": "openai",
		"model": "m-2026-01-01",
		"region": "us",
	}]
}

test_with_no_place_to_go_nothing_leaves if {
	every routes in [[], [route("openai", "eu")], [{"provider": "openai", "model": "m-2026-01-01", "answers": true}]] {
		decision := route_decision(routed, {"routes": routes})
		decision.effect == "DENY"
		decision.reasons == ["routing.no_candidate"]
	}
	off := object.union(routed, {"providers": {"openai": {"enabled": false}}})
	route_decision(off, {"routes": [route("openai", "us")]}).effect == "DENY"
}

test_what_is_no_model_is_not_routed if {
	route_decision(routed, {"idempotency_class": "K"}).effect == "ALLOW"
}

test_what_is_not_granted_is_not_routed if {
	decision := route_decision(routed, {"connector_digest": "sha256:other"})
	decision.effect == "DENY"
	decision.reasons == ["tool.not_granted"]
}

post := {
	"name": "x",
	"action": "create-post",
	"connector_digest": "sha256:x1",
	"idempotency_class": "N",
	"side_effect": "write",
}

test_a_template_asks_for_people if {
	template := {"template": "external_publishing", "actions": ["x.create-post"], "quorum": 2}
	decision := route_decision(object.union(routed, {"templates": {"posts": template}}), post)
	decision.effect == "REQUIRE_HITL"
	decision.obligations[0].quorum == 2
	route_decision(routed, post).effect == "ALLOW"
}

test_a_template_denies if {
	template := {"template": "pii", "actions": ["x.create-post"], "hosts": ["crm.example"]}
	decision := route_decision(object.union(routed, {"templates": {"posts": template}}), post)
	decision.effect == "DENY"
	decision.reasons == ["pii.host"]
}

test_a_template_asks_for_passkeys if {
	template := {"template": "access_change", "actions": ["x.create-post"]}
	decision := route_decision(object.union(routed, {"templates": {"access": template}}), post)
	decision.effect == "REQUIRE_STEP_UP"
	decision.obligations[0].quorum == 2
}
