# METADATA
# title: What is odd about a tenant's policy data
# description: >-
#   Asked before data is signed. An ERROR contradicts itself, so the data can not mean what it says;
#   a WARNING is allowed, and most likely not what was wanted.
package airails.policy_lint

import data.airails.lib.models

# METADATA
# entrypoint: true
findings contains finding("ERROR", "limit.empty", sprintf("%s.%s %s", [tool, action, param])) if {
	some tool, action, param
	rule := tenant.tools[tool].actions[action].params[param]
	rule.min > rule.max
}

findings contains finding("WARNING", "grant.nothing", sprintf("%s.%s", [tool, action])) if {
	some tool, action
	grant := tenant.tools[tool].actions[action]
	grants_nothing(grant)
}

findings contains finding("WARNING", "tier.too_few", sprintf("%s.%s %s", [tier.tool, tier.action, asked.role])) if {
	some tier in tiers
	some asked in [each | some each in [tier, object.get(tier, "escalate", null)]; each != null]
	count(able(asked.role)) < asked.quorum
}

findings contains finding("WARNING", "tier.unreachable", sprintf("%s.%s", [tier.tool, tier.action])) if {
	some index, tier in tiers
	some before in array.slice(tiers, 0, index)
	before.tool == tier.tool
	before.action == tier.action
	shadows(before, tier)
}

findings contains finding("ERROR", "group.auditor", sprintf("%s %s", [group, member])) if {
	some group, members in object.get(tenant, "groups", {})
	some member in members
	member in object.get(tenant, "auditors", [])
}

findings contains finding("ERROR", "template.order", name) if {
	some name, template in templates
	template.template == "money_movement"
	out_of_order(template)
}

findings contains finding("WARNING", "template.not_granted", sprintf("%s %s", [name, action])) if {
	some name, template in templates
	some action in template.actions
	not action in granted
}

findings contains finding("ERROR", "routing.floating_model", sprintf("%s %s", [name, model])) if {
	some name, provider in allowed_providers
	some model in provider.models
	not models.pinned(model)
}

findings contains finding("WARNING", "routing.no_other", "fallback") if {
	tenant.routing.allow_fallback == true
	count([name | some name, provider in allowed_providers; provider.enabled == true]) < 2
}

findings contains finding("WARNING", "exception.over", name) if {
	some name, exception in object.get(tenant, "exceptions", {})
	exception.expires_at_s * 1000000000 <= input.clock.now_ns
}

finding(severity, code, at) := {"severity": severity, "code": code, "at": at}

tenant := data.tenants[input.tenant.id]

tiers := object.get(tenant, ["approvals", "tiers"], [])

templates := object.get(tenant, "templates", {})

allowed_providers := object.get(tenant, "providers", {})

granted contains sprintf("%s.%s", [tool, action]) if {
	some tool, action
	tenant.tools[tool].actions[action].enabled == true
}

# Who could decide as one of a group.
able(role) := {person |
	some person, who in tenant.principals
	role in who.roles
	"approver" in who.roles
	not person in object.get(tenant, "auditors", [])
}

grants_nothing(grant) if count(grant.environments) == 0

grants_nothing(grant) if count(grant.workflow_digests) == 0

# An earlier tier without a threshold, or with a lower one, is always met first.
shadows(before, _) if not before.param

shadows(before, tier) if {
	before.param == tier.param
	before.at_least <= tier.at_least
}

out_of_order(template) if template.approve_above > template.two_above

out_of_order(template) if template.two_above > template.deny_above

out_of_order(template) if template.approve_above > template.deny_above
