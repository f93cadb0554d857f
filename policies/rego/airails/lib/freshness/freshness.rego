# METADATA
# title: Whether the signed bundles are fresh
# description: >-
#   OPA's signatures say nothing about time, so a lease (`not_before_ns`, `expires_at_ns`) and a
#   sequence number lie in the signed manifests. The only place that may read OPA's own clock.
package airails.lib.freshness

# The caller's clock and OPA's may differ by this much.
skew_ns := 60000000000

# Undefined unless the platform's and the tenant's bundle are both within their lease and both
# clocks agree.
echo := {"platform": platform, "tenant": tenant} if {
	platform := live("platform")
	tenant := live(sprintf("t_%s", [input.tenant.id]))
	abs(time.now_ns() - input.clock.now_ns) <= skew_ns
}

live(name) := {
	"revision": manifest.revision,
	"seq": manifest.metadata.seq,
	"expires_at_ns": manifest.metadata.expires_at_ns,
	"content_sha256": manifest.metadata.content_sha256,
} if {
	manifest := data.system.bundles[name].manifest
	now := time.now_ns()
	manifest.metadata.not_before_ns <= now + skew_ns
	now < manifest.metadata.expires_at_ns
}
