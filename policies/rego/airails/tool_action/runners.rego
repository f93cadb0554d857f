# Runners.
#
# A call that a process outside every attested worker would make: its parameters and its credential
# are in the clear there, and nobody vouches for what it says. The tenant names the runner, the
# connectors and the risk; what demands attestation is never its to make.
package airails.tool_action

default runner_granted := false

runner_granted if {
	runner := tenant.runners[input.tool.runner]
	input.tool.name in runner.connectors
	input.tool.risk_class in runner.risk
}

default attestation_demanded := false

attestation_demanded if risk.attested == true

attestation_demanded if {
	sprintf("%s.%s", [input.tool.name, input.tool.action]) in tenant.attested
}

default maker_granted := false

# Whoever makes the call may: its worker, or a runner that is let.
maker_granted if not input.tool.runner

maker_granted if {
	runner_granted
	not attestation_demanded
}

verdicts contains {"effect": "DENY", "code": "runner.not_granted"} if {
	input.tool.runner
	not runner_granted
}

verdicts contains {"effect": "DENY", "code": "runner.attestation_demanded"} if {
	input.tool.runner
	attestation_demanded
}
