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

verdicts contains verdict if {
	input.schema == "airails.routing/1"
	some verdict in routes(input.candidates)
}

verdicts contains {"effect": "DENY", "code": "routing.no_candidate"} if count(order(input.candidates)) == 0
