# METADATA
# title: What is odd about a workflow
# description: >-
#   Asked when a workflow is linted. It compiles, and each of its calls is asked about when it runs;
#   this is what its author would want to know before.
package airails.workflow_lint

import data.airails.lib.models

# METADATA
# entrypoint: true
findings contains finding("WARNING", "write.ungated", in_step(step)) if {
	some step in input.steps
	step.action.effect == "WRITE"
	step.action.risk in {"R2", "R3", "R4"}
	not step.gated
}

findings contains finding("WARNING", "write.of_a_model", in_step(step)) if {
	some step in input.steps
	step.action.effect == "WRITE"
	step.tainted
	not step.gated
}

findings contains finding("WARNING", "write.not_undone", in_step(step)) if {
	some step in input.steps
	step.action.effect == "WRITE"
	step.action.risk in {"R2", "R3", "R4"}
	not step.compensated
	followed(step)
}

findings contains finding("WARNING", "write.once", in_step(step)) if {
	some step in input.steps
	step.action.class == "N"
	step.attempts > 1
}

findings contains finding("WARNING", "timeout.long", in_step(step)) if {
	some step in input.steps
	step.timeout_s > 1800
}

findings contains finding("ERROR", "model.floating", in_connector(alias)) if {
	some alias, connector in input.connectors
	connector.model
	not models.pinned(connector.model)
}

findings contains finding("WARNING", "egress.wildcard", in_connector(alias)) if {
	some alias, connector in input.connectors
	connector.any_host == true
}

# Where it stands in the workflow's text.
in_step(step) := concat(".", ["steps", step.id])

in_connector(alias) := concat(".", ["connectors", alias])

finding(severity, code, at) := {"severity": severity, "code": code, "at": at}

# Another write comes after, and may fail.
followed(step) if {
	some later in input.steps
	later.order > step.order
	later.action.effect == "WRITE"
}
