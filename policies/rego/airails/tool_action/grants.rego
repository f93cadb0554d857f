# Grants.
#
# What a tenant allows, by tool and action. A grant names the exact connector and the exact
# workflow versions; anything else is not granted.
package airails.tool_action

tenant := data.tenants[input.tenant.id]

grant := tenant.tools[input.tool.name].actions[input.tool.action]

default granted := false

granted if {
	input.schema == "airails.tool_action/1"
	grant.enabled == true
	input.env in grant.environments
	input.tool.connector_digest == grant.connector_digest
	input.workflow.artifact_digest in grant.workflow_digests
	host_granted
}

default host_granted := false

# A grant without hosts leaves the host to the connector instance and its egress ticket.
host_granted if not grant.hosts

host_granted if input.tool.destination.host in grant.hosts
