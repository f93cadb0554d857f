# METADATA
# title: May this person see sealed content of this run?
# description: >-
#   Whoever is asked about a call may see it while he is asked; an auditor may see what was done. Whoever
#   started the run sees it by neither role.
package airails.reveal

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

roles := data.tenants[input.tenant.id].principals[input.actor.id].roles

default asked := false

asked if {
	input.schema == "airails.reveal/1"
	input.content.kind in {"GATE", "THREAD"}
	input.content.open == true
	input.content.expires_at_ns > input.clock.now_ns
	input.content.role in roles
	input.actor.id != input.workflow.author
}

default audits := false

audits if {
	input.schema == "airails.reveal/1"
	"auditor" in roles
}

default apart := false

apart if input.actor.id != input.run.requester

verdicts contains {"effect": "ALLOW", "code": "reveal.approver"} if {
	asked
	apart
}

verdicts contains {"effect": "ALLOW", "code": "reveal.auditor"} if {
	audits
	apart
}

verdicts contains {"effect": "DENY", "code": "reveal.requester"} if not apart

verdicts contains {"effect": "DENY", "code": "reveal.no_role"} if not permitted

default permitted := false

permitted if asked

permitted if audits
