package system.authz_test

import data.system.authz

tokens := {crypto.sha256("pep-token"): "pep", crypto.sha256("probe-token"): "probe"}

allowed(token, method, path) if {
	authz.allow with data.local.tokens as tokens
		with input as {"identity": token, "method": method, "path": path}
}

test_decision_point_asks_for_decisions if {
	allowed("pep-token", "POST", ["v1", "data", "airails", "tool_action", "guarded"])
	allowed("pep-token", "GET", ["v1", "status"])
}

test_probe_reads_state_only if {
	allowed("probe-token", "GET", ["health"])
	not allowed("probe-token", "POST", ["v1", "data", "airails", "tool_action", "guarded"])
}

test_nobody_else_asks_anything if {
	not allowed("other", "GET", ["health"])
	not authz.allow with data.local.tokens as tokens with input as {"method": "GET", "path": ["health"]}
}

test_nobody_writes_or_queries if {
	not allowed("pep-token", "PUT", ["v1", "policies", "x"])
	not allowed("pep-token", "PUT", ["v1", "data", "tenants"])
	not allowed("pep-token", "POST", ["v1", "query"])
	not allowed("pep-token", "POST", ["v1", "data", "tenants"])
	not allowed("pep-token", "POST", ["v1", "compile"])
	not allowed("pep-token", "GET", ["v1", "config"])
}

test_tokens_do_what_is_theirs_and_nothing_else if {
	not allowed("pep-token", "GET", ["v1", "data", "airails", "tool_action", "guarded"])
	not allowed("pep-token", "POST", ["health"])
	not allowed("probe-token", "DELETE", ["v1", "status"])
}
