# METADATA
# title: Which model may answer?
# description: >-
#   Of the candidates that a workflow pins, in its order, the first that the tenant allows, in a region
#   where its data may go.
package airails.routing

import data.airails.lib.decision as verdict

# METADATA
# description: The decision as a function of the input only.
# entrypoint: true
default decision := {"effect": "DENY", "reasons": ["default_deny"], "obligations": []}

decision := verdict.combine(verdicts)

# METADATA
# description: The decision in production.
# entrypoint: true
default guarded := {"effect": "DENY", "reasons": ["policy_stale_or_unbound"], "obligations": []}

guarded := verdict.bound(decision)

allowed contains index if {
	some index, candidate in input.candidates
	provider := data.tenants[input.tenant.id].providers[candidate.provider]
	provider.enabled == true
	candidate.model in provider.models
	candidate.region in provider.regions
}

verdicts contains {
	"effect": "ROUTE",
	"code": "routing.first_allowed",
	"obligation": object.union({"type": "route_to"}, object.filter(
		input.candidates[min(allowed)],
		["provider", "model", "region"],
	)),
} if {
	input.schema == "airails.routing/1"
	count(allowed) > 0
}

verdicts contains {"effect": "DENY", "code": "routing.no_candidate"} if count(allowed) == 0
