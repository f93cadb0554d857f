# Where a model call may go.
#
# Of the candidates that a workflow pins, those that the tenant allows, in a region where its data
# may go. The first of them is the route. Another one comes before it only where the tenant allows
# fallbacks and the first does not answer.
package airails.routing

allowed_providers := object.get(data.tenants, [input.tenant.id, "providers"], {})

default fallback_allowed := false

fallback_allowed if data.tenants[input.tenant.id].routing.allow_fallback == true

# What a candidate of the workflow may be used for: nothing unless everything of it is listed.
default permitted(_) := false

permitted(candidate) if {
	provider := allowed_providers[candidate.provider]
	provider.enabled == true
	candidate.model in provider.models
	candidate.region in provider.regions
}

# The candidates in the order in which they may be tried.
order(candidates) := array.concat(answering, silent) if {
	fallback_allowed
	answering := [each | some each in candidates; permitted(each); answers(each)]
	silent := [each | some each in candidates; permitted(each); not answers(each)]
}

order(candidates) := array.slice([each | some each in candidates; permitted(each)], 0, 1) if {
	not fallback_allowed
}

default answers(_) := true

answers(candidate) := candidate.answers

# One verdict for each place: the route, and what may be tried after it.
routes(candidates) := {verdict |
	ordered := order(candidates)
	some index, each in ordered
	verdict := {
		"effect": "ROUTE",
		"code": code(index, each, candidates),
		"obligation": object.union(
			{"type": "route_to", "place": index + 1},
			object.filter(each, ["provider", "model", "region"]),
		),
	}
}

# A route is a fallback when one that the tenant prefers does not answer.
code(0, each, candidates) := "routing.first_allowed" if each == first(candidates)

code(0, each, candidates) := "routing.fallback" if each != first(candidates)

code(index, _, _) := "routing.may_follow" if index > 0

first(candidates) := [each | some each in candidates; permitted(each)][0]
