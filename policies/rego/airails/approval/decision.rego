# METADATA
# title: May this person decide about this gate?
# description: Asked when somebody decides, be it by API, CLI or Slack.
package airails.approval

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

default eligible := false

eligible if {
	input.schema == "airails.approval/1"
	input.actor.kind == "user"
	has_role(says, input.gate.role)
}

# With a say that was handed on, its owner's role counts, and neither of the two may be involved.
says := object.get(input.actor, "on_behalf_of", input.actor.id)

default apart := false

apart if {
	uninvolved(input.actor.id)
	uninvolved(says)
}

default uninvolved(_) := false

uninvolved(person) if {
	person != input.gate.requester
	person != input.workflow.author
	not person in auditors
}

verdicts contains {"effect": "ALLOW", "code": "approval.eligible"} if {
	eligible
	apart
}

verdicts contains {"effect": "DENY", "code": "approval.not_eligible"} if not eligible

verdicts contains {"effect": "DENY", "code": "approval.separation_of_duties"} if not apart

verdicts contains {"effect": "DENY", "code": "approval.expired"} if not input.gate.expires_at_ns > input.clock.now_ns
