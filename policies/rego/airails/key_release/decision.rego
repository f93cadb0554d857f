# METADATA
# title: May this worker have keys?
# description: >-
#   Evidence of a kind that the environment accepts, a verdict that fits it, a measurement and a workflow
#   version that the tenant allows.
package airails.key_release

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

release := data.tenants[input.tenant.id].key_release[input.env]

default attested := false

attested if {
	input.schema == "airails.key_release/1"
	input.attestation.kind in data.platform.attestation.kinds[input.env]
	input.attestation.kind in release.kinds
	input.attestation.verdict in data.platform.attestation.verdicts[input.attestation.kind]
}

default measured := false

measured if input.attestation.measurement in release.measurements

default fresh := false

fresh if {
	age := input.clock.now_ns - input.attestation.at_ns
	age >= (0 - data.platform.attestation.max_age_s) * 1000000000
	age <= data.platform.attestation.max_age_s * 1000000000
}

default known_workflow := false

known_workflow if input.workflow.artifact_digest in release.workflow_digests

verdicts contains {"effect": "ALLOW", "code": "key.attested"} if {
	attested
	measured
	fresh
	known_workflow
}

verdicts contains {"effect": "DENY", "code": "key.not_attested"} if not attested

verdicts contains {"effect": "DENY", "code": "key.measurement"} if not measured

verdicts contains {"effect": "DENY", "code": "key.evidence_age"} if not fresh

verdicts contains {"effect": "DENY", "code": "key.workflow"} if not known_workflow
