# METADATA
# title: Ready-made rules
# description: >-
#   What a tenant switches on with its own numbers, without Rego. A template narrows what grants
#   allow: it denies, or asks for more people or for passkeys, and never allows anything.
package airails.templates

# What the templates say together.
asks := {"denials": denials, "quorum": quorum, "signature": signature}

switched_on := object.get(data.tenants, [input.tenant.id, "templates"], {})

action := sprintf("%s.%s", [input.tool.name, input.tool.action])

# Those that are about this action, by name.
applying[name] := template if {
	some name, template in switched_on
	action in template.actions
}

known := {"money_movement", "external_publishing", "access_change", "pii"}

# Codes of what speaks against the call.
denials contains "template.unknown" if {
	some template in applying
	not template.template in known
}

# How many people the templates ask for.
default quorum := 0

quorum := max(quorums) if count(quorums) > 0

# Whether they are to sign with passkeys.
default signature := false

signature if {
	some template in applying
	template.template == "access_change"
}
