# METADATA
# title: Who may ask OPA what
# description: >-
#   The decision point may ask for decisions and the probe for OPA's own state; nobody may write policy or
#   data, or evaluate queries of their own. Tokens are known by their hash only.
package system.authz

# Hash of a token to who holds it.
caller := data.local.tokens[crypto.sha256(input.identity)]

default allow := false

allow if {
	caller == "pep"
	input.method == "POST"
	array.slice(input.path, 0, 3) == ["v1", "data", "airails"]
}

allow if {
	caller in {"pep", "probe"}
	input.method == "GET"
	input.path in [["v1", "status"], ["health"], ["metrics"]]
}
