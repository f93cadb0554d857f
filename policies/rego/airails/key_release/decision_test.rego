package airails.key_release_test

import data.airails.key_release

now_ns := 1763750000000000000

image := "tdx:5eed"

tenants := {"t1": {"key_release": {
	"dev": {
		"kinds": ["SIMULATOR", "TDX"],
		"measurements": [image],
		"workflow_digests": ["sha256:w1"],
		"revoked_workers": ["w-stolen"],
	},
	"prod": {
		"kinds": ["TDX", "SEV_SNP", "SIMULATOR"],
		"measurements": [image],
		"workflow_digests": ["sha256:w1"],
		"tcb_statuses": ["SWHardeningNeeded"],
		"accepted_advisories": ["INTEL-SA-00001"],
		"min_evaluation_number": 17,
		"platforms": ["p1"],
		"revoked_platforms": ["p2"],
	},
}}}

request := {
	"schema": "airails.key_release/1",
	"env": "prod",
	"clock": {"now_ns": now_ns},
	"tenant": {"id": "t1", "cell": "c1"},
	"worker": {"id": "w1"},
	"workflow": {"artifact_digest": "sha256:w1", "demands_gpu": false},
	"attestation": {
		"gpu": "NONE",
		"kind": "TDX",
		"verdict": "VERIFIED",
		"measurement": image,
		"at_ns": now_ns - 1000000000,
		"tcb_status": "UpToDate",
		"advisories": [],
		"evaluation_number": 18,
		"attributes": "td-0000001000000000",
		"platform": "p1",
		"valid_until_ns": now_ns + 900000000000,
		"lease_until_ns": now_ns + 900000000000,
	},
}

decide(patch) := decision if {
	decision := key_release.decision with input as object.union(request, patch) with data.tenants as tenants
}

attested(patch) := decide({"attestation": patch})

test_verified_worker_gets_keys if decide({}).effect == "ALLOW"

test_simulated_evidence_opens_development_only if {
	simulated := {"attestation": {"kind": "SIMULATOR", "verdict": "SIMULATED"}}
	decide(simulated).reasons == ["key.not_attested"]
	decide(object.union(simulated, {"env": "dev"})).effect == "ALLOW"
}

test_evidence_that_proves_nothing_is_denied_everywhere if {
	nothing := {"attestation": {"kind": "DEVELOPMENT", "verdict": "DEVELOPMENT"}}
	"key.not_attested" in decide(nothing).reasons
	"key.not_attested" in decide(object.union(nothing, {"env": "dev"})).reasons
}

test_kind_that_the_tenant_does_not_take_is_denied if {
	"key.not_attested" in decide({"env": "dev", "attestation": {"kind": "SEV_SNP"}}).reasons
	decide({"env": "staging"}).effect == "DENY"
}

test_wrong_evidence_is_denied if {
	attested({"verdict": "SIMULATED"}).reasons == ["key.not_attested"]
	decide({"schema": "other"}).reasons == ["key.not_attested"]
	attested({"measurement": "tdx:0ther"}).reasons == ["key.measurement"]
	attested({"at_ns": now_ns - 121000000000}).reasons == ["key.evidence_age"]
	attested({"at_ns": now_ns + 121000000000}).reasons == ["key.evidence_age"]
	attested({"attributes": "td-0000003000000000"}).reasons == ["key.attributes"]
	attested({"platform": "p3"}).reasons == ["key.platform"]
	attested({"valid_until_ns": now_ns + 899000000000}).reasons == ["key.evidence_ends"]
	decide({"workflow": {"artifact_digest": "sha256:w2"}}).reasons == ["key.workflow"]
}

test_revoked_is_denied if {
	"key.revoked" in attested({"platform": "p2"}).reasons
	simulated := {"kind": "SIMULATOR", "verdict": "SIMULATED"}
	decide({"env": "dev", "worker": {"id": "w-stolen"}, "attestation": simulated}).reasons == ["key.revoked"]
}

test_firmware_must_be_current_or_accepted_by_advisory if {
	attested({"tcb_status": "OutOfDate"}).reasons == ["key.tcb_status"]
	attested({"tcb_status": "SWHardeningNeeded"}).reasons == ["key.tcb_status"]
	attested({"tcb_status": "SWHardeningNeeded", "advisories": ["INTEL-SA-00001"]}).effect == "ALLOW"
	attested({"tcb_status": "SWHardeningNeeded", "advisories": ["INTEL-SA-00001", "INTEL-SA-00002"]}).effect == "DENY"
	attested({"evaluation_number": 16}).reasons == ["key.tcb_status"]
}

snp := {
	"kind": "SEV_SNP",
	"tcb_status": "NotPublished",
	"evaluation_number": 0,
	"attributes": "vmpl0.policy-30000",
	"product": "Genoa",
	"svn_boot_loader": 10,
	"svn_tee": 0,
	"svn_snp": 23,
	"svn_microcode": 84,
}

test_amd_must_reach_our_minimum if {
	attested(snp).effect == "ALLOW"
	attested(object.union(snp, {"svn_snp": 22})).reasons == ["key.tcb_status"]
	attested(object.union(snp, {"product": "Naples"})).reasons == ["key.tcb_status"]
	attested(object.union(snp, {"attributes": "vmpl1.policy-30000"})).reasons == ["key.attributes"]
}

test_each_missing_member_denies if {
	rest := object.remove(request, ["attestation"])
	every name in object.keys(request.attestation) {
		without := object.union(rest, {"attestation": object.remove(request.attestation, [name])})
		decision := key_release.decision with input as without with data.tenants as tenants
		decision.effect == "DENY"
	}
}

test_stale_policy_denies if {
	decision := key_release.guarded with input as request with data.tenants as tenants
	decision.effect == "DENY"
}

test_workflow_that_demands_a_gpu_gets_keys_on_verified_evidence_only if {
	demands := {"workflow": {"demands_gpu": true}}
	decide(demands).reasons == ["key.gpu"]
	every standing in ["NONE", "UNVERIFIED", "verified", ""] {
		decide(object.union(demands, {"attestation": {"gpu": standing}})).reasons == ["key.gpu"]
	}
	decide(object.union(demands, {"attestation": {"gpu": "VERIFIED"}})).effect == "ALLOW"
	missing := json.patch(request, [{"op": "remove", "path": "/workflow/demands_gpu"}])
	decision := key_release.decision with input as missing with data.tenants as tenants
	decision.reasons == ["key.gpu"]
}

# Even one of its conditions alone grants nothing: the denial beside it is the second line of defence.
test_no_grant_stands_beside_a_denial if {
	every patch in [
		{"attestation": {"verdict": "SIMULATED"}},
		{"attestation": {"measurement": "tdx:0ther"}},
		{"attestation": {"tcb_status": "OutOfDate"}},
		{"attestation": {"attributes": "td-0000003000000000"}},
		{"attestation": {"platform": "p3"}},
		{"attestation": {"platform": "p2"}},
		{"attestation": {"valid_until_ns": now_ns}},
		{"attestation": {"at_ns": now_ns - 121000000000}},
		{"workflow": {"artifact_digest": "sha256:w2"}},
	] {
		verdicts := key_release.verdicts with input as object.union(request, patch) with data.tenants as tenants
		codes := {verdict.code | some verdict in verdicts}
		not "key.attested" in codes
	}
	twice := json.patch(tenants, [{"op": "add", "path": "/t1/key_release/prod/platforms", "value": ["p1", "p2"]}])
	revoked := key_release.verdicts with input as object.union(request, {"attestation": {"platform": "p2"}})
		with data.tenants as twice
	revoked == {{"effect": "DENY", "code": "key.revoked"}}
}

test_limits_themselves_are_within if {
	attested({"at_ns": now_ns - 120000000000}).effect == "ALLOW"
	attested({"at_ns": now_ns + 120000000000}).effect == "ALLOW"
	attested({"evaluation_number": 17}).effect == "ALLOW"
}

test_an_accepted_advisory_does_not_make_old_collateral_current if {
	accepted := {"tcb_status": "SWHardeningNeeded", "advisories": ["INTEL-SA-00001"]}
	attested(object.union(accepted, {"evaluation_number": 16})).reasons == ["key.tcb_status"]
}

test_a_status_that_nobody_lists_is_not_current if {
	attested({"tcb_status": "Revoked", "advisories": ["INTEL-SA-00001"]}).reasons == ["key.tcb_status"]
}

test_words_of_one_kind_of_evidence_mean_nothing_in_another if {
	attested({"attributes": "vmpl0.policy-30000"}).reasons == ["key.attributes"]
	attested(object.union(snp, {"kind": "TDX", "tcb_status": "UpToDate"})).effect == "DENY"
	amd := object.union(snp, {"svn_snp": 22, "evaluation_number": 18})
	attested(amd).reasons == ["key.tcb_status"]
	intel := {"product": "Genoa", "evaluation_number": 16, "svn_boot_loader": 10, "svn_tee": 0}
	attested(object.union(intel, {"svn_snp": 23, "svn_microcode": 84})).reasons == ["key.tcb_status"]
}
