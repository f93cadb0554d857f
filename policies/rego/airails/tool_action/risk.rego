# Risk tiers.
#
# A tier sets how many people must approve and how strongly they must be known. Tenants may ask for
# more, never for less.
package airails.tool_action

import data.airails.approval
import data.airails.templates

risk := data.platform.risk[input.tool.risk_class]

# What the tenant asks for by itself.
own_quorum := max([
	object.get(grant, "quorum", 0),
	tainted_quorum,
	approval.tier_quorum,
	templates.asks.quorum,
])

default extra_quorum := 0

extra_quorum := own_quorum if not "quorum" in waived

quorum := max([risk.quorum, extra_quorum, tainted_floor])

default tainted_quorum := 0

# Untrusted content reached the call: the tenant may ask for more people then.
tainted_quorum := grant.tainted_quorum if count(input.run.taint) > 0

default tainted_floor := 0

# What a model wrote is data, and whoever wrote what it read may have written it. A write that is
# built of it is seen by somebody before, also where its tier asks for nobody. The card by which
# somebody is asked is the exception.
tainted_floor := 1 if {
	"model_output" in input.run.taint
	input.tool.side_effect == "write"
	not endswith(input.run.step, ".card")
}

default known_well_enough := false

known_well_enough if input.actor.kind != "user"

known_well_enough if count(risk.accepted_acr) == 0

known_well_enough if {
	input.actor.acr in risk.accepted_acr
	input.clock.now_ns - input.actor.auth_time_ns <= risk.max_auth_age_s * 1000000000
}
