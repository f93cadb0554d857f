# METADATA
# title: May this call leave?
# description: >-
#   Every tool action, read or write, and every model call is asked about: when it is proposed to an
#   approver, and again before a byte of it leaves.
package airails.tool_action

import data.airails.approval
import data.airails.budget
import data.airails.lib.decision as verdict
import data.airails.templates

# METADATA
# description: The decision as a function of the input only, for simulation over recorded history.
# entrypoint: true
default decision := {"effect": "DENY", "reasons": ["default_deny"], "obligations": []}

decision := verdict.combine(verdicts)

# METADATA
# description: The decision in production, bound to its request and to fresh bundles.
# entrypoint: true
default guarded := {"effect": "DENY", "reasons": ["policy_stale_or_unbound"], "obligations": []}

guarded := verdict.bound(decision)

verdicts contains {"effect": "ALLOW", "code": "tool.granted"} if {
	granted
	maker_granted
}

verdicts contains {"effect": "DENY", "code": "tool.not_granted"} if not granted

verdicts contains {"effect": "DENY", "code": "risk.unknown"} if not risk

# A manifest that calls a write harmless is not believed.
verdicts contains {"effect": "DENY", "code": "risk.write_as_read"} if {
	not input.tool.side_effect in {"read", "model"}
	risk.read_only == true
}

verdicts contains {"effect": "DENY", "code": sprintf("param.%s", [name])} if {
	some name, rule in grant.params
	not param_ok(name, rule)
	not sprintf("param.%s", [name]) in waived
}

verdicts contains {
	"effect": "REQUIRE_HITL",
	"code": "risk.approvals",
	"obligation": object.union(approval.asks, {
		"type": "human_approval",
		"quorum": quorum,
		"digest": input.tool.params_digest,
		"ttl_s": risk.ttl_s,
	}),
} if {
	granted
	count(approval.valid_approvers) < quorum
}

verdicts contains {"effect": "DENY", "code": code} if some code in templates.asks.denials

# The tenant wants calls of this risk, or of this kind, approved with a passkey: the call waits until enough are.
verdicts contains {
	"effect": "REQUIRE_STEP_UP",
	"code": "risk.signed_approvals",
	"obligation": object.union(approval.asks, {
		"type": "step_up",
		"acr": "phr",
		"quorum": max([quorum, 1]),
		"digest": input.tool.params_digest,
		"ttl_s": max([risk.ttl_s, 900]),
	}),
} if {
	granted
	signature_demanded
	count(approval.signed_approvers) < max([quorum, 1])
}

verdicts contains {
	"effect": "REQUIRE_STEP_UP",
	"code": "auth.too_weak",
	"obligation": {"type": "step_up", "acr": risk.accepted_acr[0], "max_age_s": risk.max_auth_age_s},
} if {
	granted
	not known_well_enough
}

verdicts contains finding if some finding in budget.findings

default signature_demanded := false

signature_demanded if approval.signature_demanded

signature_demanded if templates.asks.signature
