# Risk tiers.
#
# A tier sets how many people must approve and how strongly they must be known. Tenants may ask for
# more, never for less.
package airails.tool_action

risk := data.platform.risk[input.tool.risk_class]

quorum := max([risk.quorum, object.get(grant, "quorum", 0), tainted_quorum])

default tainted_quorum := 0

# Untrusted content reached the call: the tenant may ask for more people then.
tainted_quorum := grant.tainted_quorum if count(input.run.taint) > 0

default known_well_enough := false

known_well_enough if input.actor.kind != "user"

known_well_enough if count(risk.accepted_acr) == 0

known_well_enough if {
	input.actor.acr in risk.accepted_acr
	input.clock.now_ns - input.actor.auth_time_ns <= risk.max_auth_age_s * 1000000000
}
