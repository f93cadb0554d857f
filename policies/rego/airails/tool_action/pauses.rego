# Pauses.
#
# What an owner has stopped waits and is asked about again; it does not fail, so that what was
# stopped by mistake goes on. Nothing of it leaves meanwhile.
package airails.tool_action

pauses := object.get(tenant, "pauses", {})

# How long a paused call waits before it is asked about again.
pause_ms := 10000

paused contains "tenant" if pauses.TENANT[input.tenant.id]

paused contains "workflow" if pauses.WORKFLOW[input.workflow.id]

paused contains "connector" if pauses.CONNECTOR[input.tool.name]

paused contains "tool" if pauses.TOOL[sprintf("%s.%s", [input.tool.name, input.tool.action])]

paused contains "model" if {
	input.tool.idempotency_class == "M"
	some model in [input.tool.name, object.get(input.tool.params, "model", "")]
	pauses.MODEL[model]
}

verdicts contains {
	"effect": "THROTTLE",
	"code": sprintf("paused.%s", [what]),
	"retry_after_ms": pause_ms,
} if {
	some what in paused
}
