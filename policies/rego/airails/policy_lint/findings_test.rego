package airails.policy_lint_test

import data.airails.policy_lint

codes(tenant) := {found.code | some found in findings} if {
	findings := policy_lint.findings with data.tenants as {"t1": object.union(sound, tenant)}
		with input as {"tenant": {"id": "t1"}, "clock": {"now_ns": 2000000000000000000}}
}

grant := {"enabled": true, "environments": ["dev"], "workflow_digests": ["sha256:w"], "params": {}}

sound := {
	"tools": {"stripe": {"actions": {"create-refund": grant}}},
	"principals": {"ann": {"roles": ["approver", "finance"]}, "ben": {"roles": ["approver", "finance"]}},
	"auditors": ["aud"],
}

tier := {
	"tool": "stripe",
	"action": "create-refund",
	"param": "amount",
	"at_least": 100,
	"role": "finance",
	"quorum": 2,
}

provider := {"enabled": true, "models": ["gpt-4.1-2025-04-14"], "regions": ["eu"]}

money := {"template": "money_movement", "actions": ["stripe.create-refund"], "param": "amount", "deny_above": 500}

test_sound_data_has_no_findings if {
	codes({}) == set()
	codes({
		"approvals": {"tiers": [object.union(tier, {"at_least": 1000}), tier]},
		"groups": {"finance": ["ann"]},
		"templates": {"m": object.union(money, {"approve_above": 10, "two_above": 500})},
		"providers": {"a": provider, "b": provider},
		"routing": {"allow_fallback": true},
		"exceptions": {"e": {"expires_at_s": 2000000001}},
	}) == set()
}

test_a_limit_that_nothing_meets if {
	grants := {"stripe": {"actions": {"create-refund": {"params": {"amount": {"min": 2, "max": 1}}}}}}
	codes({"tools": grants}) == {"limit.empty"}
	same := {"stripe": {"actions": {"create-refund": {"params": {"amount": {"min": 1, "max": 1}}}}}}
	codes({"tools": same}) == set()
}

test_a_grant_of_nothing if {
	codes({"tools": {"stripe": {"actions": {"create-refund": {"environments": []}}}}}) == {"grant.nothing"}
	codes({"tools": {"stripe": {"actions": {"create-refund": {"workflow_digests": []}}}}}) == {"grant.nothing"}
}

test_a_tier_that_too_few_can_meet if {
	codes({"approvals": {"tiers": [object.union(tier, {"quorum": 3})]}}) == {"tier.too_few"}
	codes({"approvals": {"tiers": [object.union(tier, {"role": "board"})]}}) == {"tier.too_few"}
	escalating := object.union(tier, {"escalate": {"after_s": 60, "role": "board", "quorum": 1}})
	codes({"approvals": {"tiers": [escalating]}}) == {"tier.too_few"}
	codes({"auditors": ["ann"], "approvals": {"tiers": [tier]}}) == {"tier.too_few"}
	no_approver := {"ann": {"roles": ["finance"]}}
	codes({"principals": no_approver, "approvals": {"tiers": [tier]}}) == {"tier.too_few"}
}

test_a_tier_behind_one_that_is_always_met if {
	codes({"approvals": {"tiers": [tier, object.union(tier, {"at_least": 1000})]}}) == {"tier.unreachable"}
	codes({"approvals": {"tiers": [tier, tier]}}) == {"tier.unreachable"}
	always := object.remove(tier, ["param", "at_least"])
	codes({"approvals": {"tiers": [always, tier]}}) == {"tier.unreachable"}
	codes({"approvals": {"tiers": [tier, object.union(tier, {"action": "pay"})]}}) == set()
	codes({"approvals": {"tiers": [tier, object.union(tier, {"tool": "adyen"})]}}) == set()
	codes({"approvals": {"tiers": [tier, object.union(tier, {"param": "fee"})]}}) == set()
}

test_an_auditor_in_a_group if {
	codes({"groups": {"finance": ["aud"]}}) == {"group.auditor"}
}

test_limits_of_a_template_in_the_wrong_order if {
	every wrong in [
		{"approve_above": 20, "two_above": 10},
		{"two_above": 501},
		{"approve_above": 501},
	] {
		codes({"templates": {"m": object.union(money, wrong)}}) == {"template.order"}
	}
	codes({"templates": {"m": object.union(money, {"approve_above": 500, "two_above": 500})}}) == set()
}

test_a_template_about_what_is_not_granted if {
	codes({"templates": {"m": object.union(money, {"actions": ["stripe.pay"]})}}) == {"template.not_granted"}
	off := {"stripe": {"actions": {"create-refund": {"enabled": false}}}}
	codes({"tools": off, "templates": {"m": money}}) == {"template.not_granted"}
}

test_models_and_fallbacks if {
	floating := object.union(provider, {"models": ["gpt-4.1"]})
	codes({"providers": {"a": floating}}) == {"routing.floating_model"}
	latest := object.union(provider, {"models": ["latest-2025-04-14"]})
	codes({"providers": {"a": latest}}) == {"routing.floating_model"}
	codes({"providers": {"a": provider}, "routing": {"allow_fallback": true}}) == {"routing.no_other"}
	off := object.union(provider, {"enabled": false})
	codes({"providers": {"a": provider, "b": off}, "routing": {"allow_fallback": true}}) == {"routing.no_other"}
	codes({"providers": {"a": provider}, "routing": {"allow_fallback": false}}) == set()
}

test_an_exception_that_is_over if {
	codes({"exceptions": {"e": {"expires_at_s": 2000000000}}}) == {"exception.over"}
}

test_severities if {
	findings := policy_lint.findings with data.tenants as {"t1": {"groups": {"finance": ["x"]}, "auditors": ["x"]}}
		with input as {"tenant": {"id": "t1"}, "clock": {"now_ns": 0}}
	findings == {{"severity": "ERROR", "code": "group.auditor", "at": "finance x"}}
}
