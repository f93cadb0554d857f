# METADATA
# title: May this worker have keys?
# description: >-
#   Evidence of a kind that the environment accepts, a verdict that fits it, a measurement, a machine and
#   a workflow version that the tenant allows, on firmware that is current enough. A member that is
#   missing denies.
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
	is_array(input.attestation.advisories)
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

attestation := data.platform.attestation

default current := false

# Intel's word for the platform. What is not wholly current counts only where the tenant lists the status
# and each of its advisories.
current if {
	input.attestation.tcb_status in attestation.tcb_statuses[input.attestation.kind]
	current_enough
}

current if {
	input.attestation.tcb_status in release.tcb_statuses
	count(input.attestation.advisories) > 0
	every advisory in input.attestation.advisories {
		advisory in release.accepted_advisories
	}
	current_enough
}

default current_enough := false

# AMD publishes no levels: the versions that the report was made under are compared with our own.
current_enough if {
	input.attestation.kind == "SEV_SNP"
	least := attestation.snp_minimum[input.attestation.product]
	every part, version in least {
		input.attestation[part] >= version
	}
}

current_enough if {
	input.attestation.kind != "SEV_SNP"
	input.attestation.evaluation_number >= object.get(release, "min_evaluation_number", 0)
}

default sound := false

# What the guest allows to be done to it: no migration, no service TD, no owner.
sound if input.attestation.attributes in attestation.attributes[input.attestation.kind]

sound if {
	input.attestation.kind == "SEV_SNP"
	startswith(input.attestation.attributes, "vmpl0.policy-")
}

default known_platform := false

known_platform if not release.platforms

known_platform if input.attestation.platform in release.platforms

revoked if input.attestation.platform in release.revoked_platforms

revoked if input.worker.id in release.revoked_workers

default lasting := false

lasting if input.attestation.valid_until_ns >= input.attestation.lease_until_ns

default gpu_proved := false

gpu_proved if {
	input.workflow.demands_gpu == false
	input.attestation.gpu in {"NONE", "UNVERIFIED"}
}

gpu_proved if input.attestation.gpu == "VERIFIED"

verdicts contains {"effect": "ALLOW", "code": "key.attested"} if {
	attested
	gpu_proved
	measured
	current
	sound
	known_platform
	lasting
	fresh
	known_workflow
	not revoked
}

verdicts contains {"effect": "DENY", "code": "key.not_attested"} if not attested

verdicts contains {"effect": "DENY", "code": "key.measurement"} if not measured

verdicts contains {"effect": "DENY", "code": "key.tcb_status"} if not current

verdicts contains {"effect": "DENY", "code": "key.attributes"} if not sound

verdicts contains {"effect": "DENY", "code": "key.platform"} if not known_platform

verdicts contains {"effect": "DENY", "code": "key.revoked"} if revoked

verdicts contains {"effect": "DENY", "code": "key.evidence_ends"} if not lasting

verdicts contains {"effect": "DENY", "code": "key.evidence_age"} if not fresh

verdicts contains {"effect": "DENY", "code": "key.workflow"} if not known_workflow

verdicts contains {"effect": "DENY", "code": "key.gpu"} if not gpu_proved
