# METADATA
# title: May this principal use this part of the API?
# description: >-
#   Tenant equality first, then a table from action to roles. Roles come from signed tenant data, not
#   from what a token says of itself.
package airails.api_authz

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

default same_tenant := false

same_tenant if {
	input.actor.tenant == input.tenant.id
	input.resource.tenant == input.tenant.id
}

default role_granted := false

role_granted if {
	input.schema == "airails.api_authz/1"
	some role in data.tenants[input.tenant.id].principals[input.actor.id].roles
	role in data.platform.api.actions[input.action]
}

verdicts contains {"effect": "ALLOW", "code": "api.role"} if {
	same_tenant
	role_granted
}

verdicts contains {"effect": "DENY", "code": "api.other_tenant"} if not same_tenant

verdicts contains {"effect": "DENY", "code": "api.no_role"} if not role_granted
