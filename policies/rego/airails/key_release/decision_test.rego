package airails.key_release_test

import data.airails.key_release

now_ns := 1763750000000000000

tenants := {"t1": {"key_release": {
	"dev": {
		"kinds": ["DEVELOPMENT", "TDX"],
		"measurements": ["m1", "none"],
		"workflow_digests": ["sha256:w1"],
	},
	"prod": {
		"kinds": ["TDX", "SIMULATOR", "DEVELOPMENT"],
		"measurements": ["m1", "none"],
		"workflow_digests": ["sha256:w1"],
	},
}}}

request := {
	"schema": "airails.key_release/1",
	"env": "prod",
	"clock": {"now_ns": now_ns},
	"tenant": {"id": "t1", "cell": "c1"},
	"workflow": {"artifact_digest": "sha256:w1"},
	"attestation": {"kind": "TDX", "verdict": "VERIFIED", "measurement": "m1", "at_ns": now_ns - 1000000000},
}

decide(patch) := decision if {
	decision := key_release.decision with input as object.union(request, patch) with data.tenants as tenants
}

test_verified_worker_gets_keys if decide({}).effect == "ALLOW"

test_development_evidence_opens_development_only if {
	development := {"attestation": {"kind": "DEVELOPMENT", "verdict": "DEVELOPMENT", "measurement": "none"}}
	decide(development).reasons == ["key.not_attested"]
	decide(object.union(development, {"env": "dev"})).effect == "ALLOW"
}

test_kind_that_the_tenant_does_not_take_is_denied if {
	decide({"env": "dev", "attestation": {"kind": "SIMULATOR", "verdict": "SIMULATED"}}).reasons == ["key.not_attested"]
	decide({"env": "staging"}).effect == "DENY"
}

test_wrong_evidence_is_denied if {
	decide({"attestation": {"verdict": "SIMULATED"}}).reasons == ["key.not_attested"]
	decide({"schema": "other"}).reasons == ["key.not_attested"]
	decide({"attestation": {"measurement": "m2"}}).reasons == ["key.measurement"]
	decide({"attestation": {"at_ns": now_ns - 121000000000}}).reasons == ["key.evidence_age"]
	decide({"attestation": {"at_ns": now_ns + 121000000000}}).reasons == ["key.evidence_age"]
	decide({"workflow": {"artifact_digest": "sha256:w2"}}).reasons == ["key.workflow"]
}

test_stale_policy_denies if {
	decision := key_release.guarded with input as request with data.tenants as tenants
	decision.effect == "DENY"
}
