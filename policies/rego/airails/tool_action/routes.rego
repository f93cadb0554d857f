# Which model answers.
#
# Where a tenant says which providers its models may come from, every call of a model is routed, and
# one that has no place to go is denied.
package airails.tool_action

import data.airails.routing

default routed := false

routed if {
	input.tool.idempotency_class == "M"
	is_object(tenant.providers)
}

candidates := object.get(input.tool, "routes", [])

verdicts contains verdict if {
	routed
	granted
	some verdict in routing.routes(candidates)
}

verdicts contains {"effect": "DENY", "code": "routing.no_candidate"} if {
	routed
	count(routing.order(candidates)) == 0
}
