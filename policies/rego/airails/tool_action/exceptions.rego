# Exceptions.
#
# A named rule of the tenant that lets one thing by, in one scope, until a time: a parameter that its
# grant would refuse, or people whom the tenant asks for beyond the risk tier. Nothing else can be
# waived: no grant, no tier, no budget, no pause. One that has expired counts no more, and nobody
# needs to do anything for that.
package airails.tool_action

import data.airails.approval

exceptions := object.get(tenant, "exceptions", {})

applied contains name if {
	some name, exception in exceptions
	exception.tool == input.tool.name
	exception.action == input.tool.action
	input.env in exception.environments
	input.workflow.id in exception.workflows
	input.clock.now_ns < exception.expires_at_s * 1000000000
}

waived contains exception.waives if {
	some name, exception in exceptions
	name in applied
}

# Those without which the decision would be another one.
used contains name if {
	some name in applied
	some param, rule in grant.params
	exceptions[name].waives == sprintf("param.%s", [param])
	not param_ok(param, rule)
}

used contains name if {
	own_quorum > risk.quorum
	some name in applied
	exceptions[name].waives == "quorum"
}

verdicts contains {"effect": "ALLOW", "code": sprintf("exception.%s", [name])} if {
	granted
	some name in used
}

# Whoever is to approve sees what goes by.
verdicts contains {"effect": "REQUIRE_HITL", "code": sprintf("exception.%s", [name])} if {
	granted
	count(approval.valid_approvers) < quorum
	some name in used
}
