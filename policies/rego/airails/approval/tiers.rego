# Who is asked, by the tenant's own thresholds.
#
# The first tier that matches counts, so the strictest comes first. An amount that is missing or is
# no number is above every threshold.
package airails.approval

import data.airails.lib.money

rules := object.get(data.tenants, [input.tenant.id, "approvals"], {})

matching := [tier |
	some tier in object.get(rules, "tiers", [])
	tier.tool == input.tool.name
	tier.action == input.tool.action
	not below(tier)
]

below(tier) if money.amount(input.tool.params[tier.param]) < tier.at_least

tier := matching[0]

default tier_quorum := 0

tier_quorum := tier.quorum

# What a gate is told beside its quorum and time.
asks := object.union_n([group, next, correcting])

default group := {}

group := {"role": tier.role}

default next := {}

next := {
	"escalate_after_s": tier.escalate.after_s,
	"escalate_role": tier.escalate.role,
	"escalate_quorum": tier.escalate.quorum,
}

# Without a tier the entity alone says which group decides.
default of_group(_) := false

of_group(_) if count(matching) == 0

of_group(person) if has_role(person, tier.role)

of_group(person) if has_role(person, tier.escalate.role)

# Whoever corrected a call has made its parameters: where the tenant says so, others approve it.
default corrector_apart := false

corrector_apart if input.tool.risk_class in rules.corrector_apart_risk

default correcting := {}

correcting := {"corrector": "apart"} if corrector_apart

default signature_demanded := false

signature_demanded if input.tool.risk_class in rules.signed_risk
